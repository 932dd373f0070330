import type { ProductItem } from '../../src/product/document.ts';
import { summaryTable } from '../dead-letters/text.ts';
import { listText } from '../products/text.ts';
import { sendAll } from '../send/send-all.ts';
import { formatReport } from '../send/text.ts';
import type { SendResult } from '../send/transport.ts';
import { webhookTransport } from '../send/webhook.ts';
import { differencesInAnswers, differencesInStore } from './compare.ts';
import type { Sample } from './samples.ts';
import type { Demo } from './stored.ts';

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
    messages: samples.map(({ path, body }) => ({ source: path, body })),
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
  write(`\nOne document in full:\n${documentText(shown)}\n`);
  const gone = items.find((item) => 'deleted' in item);
  write(`\nA deleted product is gone but for its tombstone, which a late update cannot undo:\n`);
  write(`${documentText(gone)}\n`);
  write(`\nThe dead-letters container (${deadLetters.length} items):\n${summaryTable(deadLetters, about)}\n`);
  return [...differencesInAnswers(samples, results), ...differencesInStore(samples, items)];
}

function documentText(item: ProductItem | undefined): string {
  return JSON.stringify(item, null, 2);
}
