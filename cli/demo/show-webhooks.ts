import { LOCAL_WEBHOOK_SECRET } from '../../local/local-webhook-secret.ts';
import { sendAll } from '../send/send-all.ts';
import type { SendResult } from '../send/sender.ts';
import { formatReport } from '../send/text.ts';
import { createWebhookSender } from '../send/webhook-sender.ts';
import { differencesInAnswers, differencesInStore } from './compare.ts';
import type { Demo } from './context.ts';
import type { Sample } from './samples.ts';
import { deadLetterTable, documentText, productTable } from './show.ts';

/** Sends the samples as OrderCloud's webhook would, and shows what was answered and what is stored. */
export async function showWebhooks(
  samples: readonly Sample[],
  { stack, write, read }: Demo,
): Promise<string[]> {
  write(`The receiver runs at ${stack.webhookUrl}, Cosmos DB at ${stack.cosmos?.endpoint}.\n\n`);
  const sender = createWebhookSender({ url: new URL(stack.webhookUrl), secret: LOCAL_WEBHOOK_SECRET });
  const results: SendResult[] = [];
  const messages = samples.map(({ path, body }) => ({ source: path, body }));
  const report = await sendAll({ messages, sender, onResult: (result) => results.push(result) });
  await sender.close();

  write(`${samples.length} messages, sent one after another as OrderCloud's webhook would:\n`);
  for (const [index, { name, expected }] of samples.entries()) {
    const result = results[index];
    const came = result?.outcome ?? result?.problem?.reason ?? result?.error ?? '';
    write(
      `  ${name.padEnd(36)} ${String(result?.status ?? '').padEnd(4)} ${came.padEnd(16)} ${expected.title}\n`,
    );
  }
  write(`\n${formatReport({ ...report, failures: [], failed: 0 })}\n`);

  const { items, deadLetters } = await read();
  write(`\nThe products container (${items.length} items):\n${productTable(items, outcomesIn(results))}\n`);
  const shown = items.find(({ id }) => id === samples[0]?.expected.productId);
  if (shown !== undefined) write(`\nOne document in full:\n${documentText(shown)}\n`);
  const gone = items.find((item) => 'deleted' in item);
  if (gone !== undefined) {
    write(
      `\nA deleted product is gone but for its tombstone, which a late update cannot undo:\n${documentText(gone)}\n`,
    );
  }
  write(`\nThe dead-letters container (${deadLetters.length} items):\n${deadLetterTable(deadLetters)}\n`);
  return [...differencesInAnswers(samples, results), ...differencesInStore(samples, items)];
}

function outcomesIn(results: readonly SendResult[]): Map<string, string[]> {
  const outcomes = new Map<string, string[]>();
  for (const { outcome, productId } of results) {
    if (outcome === null || productId === null) continue;
    outcomes.set(productId, [...(outcomes.get(productId) ?? []), outcome]);
  }
  return outcomes;
}
