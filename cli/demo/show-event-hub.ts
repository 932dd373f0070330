import { setTimeout as sleep } from 'node:timers/promises';
import { PRODUCT_UPDATED } from '../../src/message/message-type.ts';
import { createEventHubSender } from '../send/event-hub.ts';
import { sendAll } from '../send/send-all.ts';
import { differencesInStore } from './compare.ts';
import type { Demo } from './context.ts';
import type { Stored } from './read-containers.ts';
import type { Sample } from './samples.ts';

/** Long enough for the slowest machine: the trigger needs a second or two to take over the partitions. */
const PATIENCE_MS = 15_000;
const POLL_MS = 100;

/**
 * Sends the same samples through the Event Hub. They are newer than the webhooks, so that every product ends with the
 * same document, now marked with its position in the hub, and every bad message is a dead letter of its own.
 */
export async function showEventHub(
  samples: readonly Sample[],
  { stack, write, read }: Demo,
): Promise<string[]> {
  const { connectionString, hub } = stack.eventHubs ?? {};
  if (connectionString === undefined || hub === undefined) throw new Error('the stack has no Event Hub');
  const rejected = samples.filter(({ expected }) => expected.reason !== undefined).length;
  write(`\nThe same ${samples.length} messages through the Event Hub "${hub}", keyed by product:\n`);

  const start = performance.now();
  const sender = createEventHubSender({ connectionString, hub, messageType: PRODUCT_UPDATED });
  const messages = samples.map(({ path, body }) => ({ source: path, body }));
  const { failures } = await sendAll({ messages, sender });
  await sender.close();
  if (failures.length > 0)
    return failures.map(({ source, error }) => `${source}: could not be sent (${error})`);

  const differences = (stored: Stored) => [
    ...differencesInStore(samples, stored.items),
    ...stored.items
      .filter(({ sync }) => sync.transport !== 'eventhub')
      .map(({ id }) => `${id}: is not from the hub`),
    ...(stored.deadLetters.length === 2 * rejected ? [] : [`${stored.deadLetters.length} dead letters`]),
  ];
  let stored = await read();
  while (differences(stored).length > 0 && performance.now() - start < PATIENCE_MS) {
    await sleep(POLL_MS);
    stored = await read();
  }
  const partitions = new Set(stored.items.map(({ sync }) => sync.stream));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  write(
    `  ${stored.items.length} products and ${rejected} more dead letters from ${partitions.size} partitions, after ${seconds} s.\n` +
      `  Every document is as before; only its position is new, for instance ${positionOf(stored.items[0])}.\n`,
  );
  return differences(stored).map((difference) => `by Event Hub: ${difference}`);
}

function positionOf(item: Stored['items'][number] | undefined): string {
  return item === undefined ? 'none' : `${item.id} at ${item.sync.stream}, sequence ${item.sync.sequence}`;
}
