import { openBroker } from './broker.ts';
import { bringToRest } from './calm.ts';
import { checkEnd } from './check-end.ts';
import type { History } from './history.ts';
import { noteMessages } from './note-sightings.ts';
import { untilAllWait } from './store-calls.ts';
import { takeTurn } from './storm.ts';
import { messageAsText } from './story.ts';
import { emptyWorld, type SimulationOptions, type Violation } from './world.ts';

/** Lets a history happen. Comes to the first property that it breaks, or to null. */
export async function simulate(history: History, options: SimulationOptions): Promise<Violation | null> {
  const world = emptyWorld(history, openBroker(history), options);
  world.tell(() => `${history.messages.map(messageAsText).join('\n')}\n`);
  if (options.sightings !== undefined) noteMessages(world);
  for (const productId of history.handWritten) {
    world.tell(() => `Somebody writes ${productId} by hand.`);
    await world.database.writeByHand(productId);
  }
  for (const turn of history.turns) {
    await takeTurn(world, turn);
    await untilAllWait();
    if (world.violation !== null) return world.violation;
  }
  await bringToRest(world);
  if (world.violation === null) checkEnd(world);
  return world.violation;
}
