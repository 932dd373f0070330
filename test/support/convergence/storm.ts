import { chooseBatch } from './choose-batch.ts';
import type { Choose } from './database.ts';
import { land, meetFate } from './fate.ts';
import type { Turn } from './history.ts';
import { runBatch } from './run-batch.ts';
import { requestAsText } from './story.ts';
import type { Process, World } from './world.ts';

/** Of 20 turns, so many are a worker's; the rest is the network's. */
const TURNS_OF_WORKERS = 17;

/** One step of the storm: a process begins a batch, or one store call happens in the way that fate will have it. */
export async function takeTurn(world: World, { who, fate, pick }: Turn): Promise<void> {
  const choose = choicesOf(pick);
  if (who >= TURNS_OF_WORKERS) return carryStray(world, choose, fate);
  const process = world.processes[who % world.processes.length] as Process;
  const chosen = choose(process.calls.length + (process.run === null ? 1 : 0));
  const [pending] = process.calls.splice(chosen, 1);
  if (pending !== undefined) return meetFate(world, pending, fate, choose);
  const batch = chooseBatch(world, process, choose);
  if (batch !== null) runBatch(world, process, batch, fate % 2 === 0);
}

/** Takes one number apart into choices. */
function choicesOf(pick: number): Choose {
  let left = pick;
  return (count) => {
    const choice = left % count;
    left = Math.floor(left / count);
    return choice;
  };
}

/** The network still carries writes of the dead: one arrives late, or never. */
async function carryStray(world: World, choose: Choose, fate: number): Promise<void> {
  if (world.strays.length === 0) return;
  const [stray] = world.strays.splice(choose(world.strays.length), 1);
  if (stray === undefined) return;
  if (fate % 3 < 2) return land(world, stray);
  world.tell(() => `(of a dead one) ${requestAsText(world, stray)} → never arrives`);
}
