import { setTimeout as sleep } from 'node:timers/promises';
import { PRODUCT_UPDATED } from '../../src/message/message-type.ts';
import { summaryTable } from '../dead-letters/text.ts';
import { listText } from '../products/text.ts';
import { eventHubTransport } from '../send/event-hub.ts';
import { sendAll } from '../send/send-all.ts';
import { formatReport } from '../send/text.ts';
import type { SendResult } from '../send/transport.ts';
import { webhookTransport } from '../send/webhook.ts';
import { type Demo, differencesInAnswers, differencesInStore, type Sample, type Stored } from './samples.ts';

/** Sends the samples as OrderCloud's webhook would, and shows what was answered and what is stored. */
export async function showWebhooks(
  samples: readonly Sample[],
  { stack, write, read }: Demo,
): Promise<string[]> {
  const address = stack.cosmosSettings.access.endpoint;
  write(`The receiver runs at ${stack.webhookUrl}, Cosmos DB at ${address}.\n\n`);
  const results: SendResult[] = [];
  const report = await sendAll({
    transport: webhookTransport({ url: stack.webhookUrl }, {}),
    messages: samples,
    onResult: (result) => results.push(result),
  });

  write(`${samples.length} messages, sent one after another as OrderCloud's webhook would:\n`);
  for (const [index, { name, expected }] of samples.entries()) {
    const { status, outcome, problem, error } = results[index] ?? {};
    const came = outcome ?? problem?.reason ?? error ?? '';
    write(`  ${name.padEnd(36)} ${String(status ?? '').padEnd(4)} ${came.padEnd(16)} ${expected.title}\n`);
  }
  write(`\n${formatReport({ ...report, failures: [], failed: 0 })}\n`);

  const { listed, items, deadLetters } = await read();
  const about = { address, columns: process.stdout.columns ?? 120, now: Date.now() };
  write(`\nThe products container:\n${listText(listed, about)}\n`);
  const shown = items.find(({ id }) => id === samples[0]?.expected.productId);
  write(`\nOne document in full:\n${JSON.stringify(shown, null, 2)}\n`);
  const gone = items.find((item) => 'deleted' in item);
  write(`\nA deleted product is gone but for its tombstone, which a late update cannot undo:\n`);
  write(`${JSON.stringify(gone, null, 2)}\n`);
  write(`\nThe dead-letters container (${deadLetters.length} items):\n${summaryTable(deadLetters, about)}\n`);
  return [...differencesInAnswers(samples, results), ...differencesInStore(samples, items)];
}

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
  const transport = eventHubTransport({ connectionString, hub, type: PRODUCT_UPDATED }, {});
  const { failures } = await sendAll({ transport, messages: samples });
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
