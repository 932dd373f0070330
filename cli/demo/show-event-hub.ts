import { setTimeout as sleep } from 'node:timers/promises';
import { PRODUCT_UPDATED } from '../../src/message/message-type.ts';
import { eventHubTransport } from '../send/event-hub.ts';
import { sendAll } from '../send/send-all.ts';
import { differencesInStore } from './compare.ts';
import type { Sample } from './samples.ts';
import type { Demo, Stored } from './stored.ts';

/** Long enough for the slowest machine: the trigger needs a second or two to take over the partitions. */
const PATIENCE_MS = 15_000;
const POLL_MS = 100;

/**
 * Sends the same samples through the Event Hub. They are newer than the webhooks, so that every product ends with the
 * same document, now marked with its position in the hub, and every bad message is a dead letter of its own.
 */
export async function showEventHub(
  samples: readonly Sample[],
  { stack: { eventHubs }, write, read }: Demo,
): Promise<string[]> {
  if (eventHubs?.connectionString === undefined) throw new Error('the stack has no Event Hub');
  const { connectionString, hub } = eventHubs;
  const rejected = samples.filter(({ expected }) => expected.reason !== undefined).length;
  write(`\nThe same ${samples.length} messages through the Event Hub "${hub}", keyed by product:\n`);

  const start = performance.now();
  const transport = eventHubTransport({ connectionString, hub, type: PRODUCT_UPDATED, key: true }, {});
  const messages = samples.map(({ path, body }) => ({ source: path, body }));
  const { failures } = await sendAll({ transport, messages });
  await transport.close?.();
  if (failures.length > 0)
    return failures.map(({ source, error }) => `${source}: could not be sent (${error})`);

  const differences = ({ items, deadLetters }: Stored) => [
    ...differencesInStore(samples, items),
    ...items
      .filter(({ sync }) => sync.transport !== 'eventhub')
      .map(({ id }) => `${id}: is not from the hub`),
    ...(deadLetters.length === 2 * rejected ? [] : [`${deadLetters.length} dead letters`]),
  ];
  let stored = await read();
  while (differences(stored).length > 0 && performance.now() - start < PATIENCE_MS) {
    await sleep(POLL_MS);
    stored = await read();
  }
  const { items } = stored;
  const partitions = new Set(items.map(({ sync }) => sync.stream));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const [first] = items.map(({ id, sync }) => `${id} at ${sync.stream}, sequence ${sync.sequence}`);
  write(
    `  ${items.length} products and ${rejected} more dead letters from ${partitions.size} partitions, after ${seconds} s.\n` +
      `  Every document is as before; only its position is new, for instance ${first}.\n`,
  );
  return differences(stored).map((difference) => `by Event Hub: ${difference}`);
}
