import { nextOf, scattered, sent } from './broker.ts';
import { goWell, land } from './fate.ts';
import { runBatch } from './run-batch.ts';
import { untilAllWait } from './store-calls.ts';
import type { Batch } from './transports.ts';
import { broken, newProcess, type Process, type World } from './world.ts';

/** More calls than any history needs when nothing fails. */
const MANY = 1_000;

/**
 * When the storm is over nothing fails any more: what is under way comes to its end, and every message that is not
 * acknowledged yet is delivered until it is, as transports do.
 */
export async function bringToRest(world: World): Promise<void> {
  world.tell(() => '\nThe storm is over; what is under way comes to its end.');
  await finishCalls(world);
  const last = newProcess(world.core, 'the last worker');
  world.processes = [last];
  const { partitions, pool, webhooks, acknowledged } = world.broker;
  for (const partition of partitions) {
    while (partition.checkpoint < partition.log.length) {
      if (!(await settle(world, last, nextOf(world, partition, last, 2)))) return;
    }
  }
  for (const message of pool) {
    if (!acknowledged.has(message) && !(await settle(world, last, scattered(world, [message])))) return;
  }
  for (const webhook of webhooks) {
    if (webhook.state !== 'answered' && !(await settle(world, last, sent(world, webhook)))) return;
  }
  // The latest moment at which a write of the dead can arrive.
  for (const stray of world.strays.splice(0)) await land(world, stray);
}

/** Whether a batch is acknowledged, as it must be when nothing fails. */
async function settle(world: World, process: Process, batch: Batch): Promise<boolean> {
  runBatch(world, process, batch, true);
  await untilAllWait();
  await finishCalls(world);
  const isSettled = batch.messages.every((message) => world.broker.acknowledged.has(message));
  if (!isSettled) {
    const left = batch.messages.map(({ label }) => label).join(', ');
    broken(world, 'every message is settled once the faults are over', `Not settled: ${left}`);
  }
  return world.violation === null;
}

/** Every call that waits happens, and goes well, one after another. */
async function finishCalls(world: World): Promise<void> {
  for (let calls = 0; calls < MANY; calls += 1) {
    const pending = world.processes.find((process) => process.calls.length > 0)?.calls.shift();
    if (pending === undefined) return;
    await goWell(world, pending);
    await untilAllWait();
  }
  broken(world, 'every message is settled once the faults are over', 'The app calls the stores without end.');
}
