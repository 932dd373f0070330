import { type Stack, startStack } from '../../local/stack.ts';
import { deadLetterArchive } from '../../src/operate/dead-letter-archive.ts';
import { productCatalog } from '../../src/operate/product-catalog.ts';
import type { ProductItem } from '../../src/product/document.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';
import { type Demo, readSamples, type Stored } from './samples.ts';
import { showSampleOffers } from './show-offers.ts';
import { showPositions } from './show-positions.ts';
import { showEventHub, showWebhooks } from './show-samples.ts';

/** Runs the app on a stack of its own, sends the samples by both transports and shows what came of them. */
export async function runDemo(write: Demo['write']): Promise<string[]> {
  const samples = readSamples();
  // Free ports and no settings of the user's: the demo must never touch a real account.
  const stack = await startStack({ port: 0, userSettings: false, log: () => {} });
  const { read, close } = await openContainers(stack);
  const demo: Demo = { stack, write, read };
  try {
    return [
      ...(await showWebhooks(samples, demo)),
      ...(await showEventHub(samples, demo)),
      ...(await showSampleOffers(samples, demo)),
      ...(await showPositions(demo)),
    ];
  } finally {
    close();
    await stack.close();
  }
}

/** Opens the containers of a stack. */
async function openContainers({ cosmosSettings: settings }: Stack) {
  const client = await createCosmosClient(settings);
  const container = (id: string) => async () => client.database(settings.database).container(id);
  const catalog = productCatalog(container(settings.productsContainer));
  const archive = deadLetterArchive(container(settings.deadLettersContainer), () => {});
  return {
    async read(): Promise<Stored> {
      const listed = await allOf(catalog.listById());
      // One by one: the in-memory server's answers to queries lose a key such as `__proto__`.
      const items = await Promise.all(listed.map(({ id }) => catalog.readWhole(id)));
      return { listed, items: items as ProductItem[], deadLetters: await allOf(archive.list({})) };
    },
    close: () => client.dispose(),
  };
}

async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
