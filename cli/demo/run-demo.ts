import type { Container, ItemDefinition } from '@azure/cosmos';
import { LOCAL_WEBHOOK_SECRET } from '../../local/local-webhook-secret.ts';
import { startStack } from '../../local/stack.ts';
import type { CosmosSettings } from '../../src/config.ts';
import type { ProductItem } from '../../src/product/document.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import type { DeadLetter } from '../../src/store/dead-letter.ts';
import { formatReport } from '../replay/format-report.ts';
import { replay } from '../replay/replay.ts';
import type { SendResult } from '../replay/sender.ts';
import { createWebhookSender } from '../replay/webhook-sender.ts';
import { differencesInAnswers, differencesInStore } from './compare.ts';
import { readSamples, type Sample } from './samples.ts';
import { deadLetterTable, documentText, productTable } from './show.ts';

export type DemoOptions = { folder: string; write: (text: string) => void };

/**
 * Runs the app on a stack of its own, sends the samples and shows what came of them. Gives what differs from what
 * the samples say: nothing, if all is well.
 */
export async function runDemo({ folder, write }: DemoOptions): Promise<string[]> {
  const samples = readSamples(folder);
  // Free ports and no settings of the user's: the demo must never touch a real account.
  const stack = await startStack({ port: 0, userSettings: false, log: () => {} });
  try {
    write(`The receiver runs at ${stack.webhookUrl}, Cosmos DB at ${stack.cosmos?.endpoint}.\n\n`);
    const results = await sendSamples(samples, stack.webhookUrl, write);
    const stored = await readContainers(stack.cosmosSettings);
    showWhatHappened(samples, results, stored, write);
    return [...differencesInAnswers(samples, results), ...differencesInStore(samples, stored.items)];
  } finally {
    await stack.close();
  }
}

async function sendSamples(
  samples: readonly Sample[],
  url: string,
  write: DemoOptions['write'],
): Promise<SendResult[]> {
  const sender = createWebhookSender({ url: new URL(url), secret: LOCAL_WEBHOOK_SECRET });
  const results: SendResult[] = [];
  try {
    const messages = samples.map(({ path, body }) => ({ source: path, body }));
    const report = await replay({ messages, sender, onResult: (result) => results.push(result) });
    write(`${samples.length} messages, sent one after another as OrderCloud's webhook would:\n`);
    for (const [index, { name, expected }] of samples.entries()) {
      const result = results[index];
      const came = result?.outcome ?? result?.problem?.reason ?? result?.error ?? '';
      write(
        `  ${name.padEnd(36)} ${String(result?.status ?? '').padEnd(4)} ${came.padEnd(16)} ${expected.title}\n`,
      );
    }
    write(`\n${formatReport({ ...report, failures: [], failed: 0 })}\n`);
    return results;
  } finally {
    await sender.close();
  }
}

type Stored = { items: ProductItem[]; deadLetters: DeadLetter[] };

async function readContainers(settings: CosmosSettings): Promise<Stored> {
  const client = await createCosmosClient(settings);
  try {
    const database = client.database(settings.database);
    const [items, deadLetters] = await Promise.all([
      readItems<ProductItem>(database.container(settings.productsContainer)),
      readItems<DeadLetter>(database.container(settings.deadLettersContainer)),
    ]);
    return { items, deadLetters };
  } finally {
    client.dispose();
  }
}

/** Item by item: the in-memory server's answers to queries lose a key such as `__proto__`, its point reads do not. */
async function readItems<Item>(container: Container): Promise<Item[]> {
  const { resources: ids } = await container.items.query<string>('SELECT VALUE c.id FROM c').fetchAll();
  const reads = ids.sort().map((id) => container.item(id, id).read<Item & ItemDefinition>());
  return (await Promise.all(reads)).map(({ resource }) => resource as Item);
}

function showWhatHappened(
  samples: readonly Sample[],
  results: readonly SendResult[],
  { items, deadLetters }: Stored,
  write: DemoOptions['write'],
): void {
  const outcomes = new Map<string, string[]>();
  for (const { outcome, productId } of results) {
    if (outcome !== null && productId !== null)
      outcomes.set(productId, [...(outcomes.get(productId) ?? []), outcome]);
  }
  write(`\nThe products container (${items.length} items):\n${productTable(items, outcomes)}\n`);

  const shown = items.find(({ id }) => id === samples[0]?.expected.productId);
  if (shown !== undefined) write(`\nOne document in full:\n${documentText(shown)}\n`);

  const gone = items.find((item) => 'deleted' in item);
  if (gone !== undefined) {
    write(
      `\nA deleted product is gone but for its tombstone, which a late update cannot undo:\n${documentText(gone)}\n`,
    );
  }
  write(`\nThe dead-letters container (${deadLetters.length} items):\n${deadLetterTable(deadLetters)}\n`);
}
