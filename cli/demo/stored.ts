import type { Stack } from '../../local/stack.ts';
import { type DeadLetterSummary, deadLetterArchive } from '../../src/operate/dead-letter-archive.ts';
import { type CatalogItem, productCatalog } from '../../src/operate/product-catalog.ts';
import type { ProductItem } from '../../src/product/document.ts';
import { createCosmosClient } from '../../src/store/cosmos-client.ts';

/** Everything in both containers: the items by ID, as they are listed and as a whole. */
export type Stored = { listed: CatalogItem[]; items: ProductItem[]; deadLetters: DeadLetterSummary[] };

/** What each part of the demo works with. Each gives what differs from what the samples say: nothing, if all is well. */
export type Demo = { stack: Stack; write: (text: string) => void; read: () => Promise<Stored> };

/** Opens the containers of a stack. */
export async function openContainers({ cosmosSettings: settings }: Stack) {
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
