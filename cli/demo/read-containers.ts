import type { Container, CosmosClient, ItemDefinition } from '@azure/cosmos';
import type { ProductItem } from '../../src/product/document.ts';
import type { CosmosSettings } from '../../src/settings/app-settings.ts';
import type { DeadLetter } from '../../src/store/dead-letter.ts';

export type Stored = { items: ProductItem[]; deadLetters: DeadLetter[] };

/** Everything in both containers, by id. */
export async function readContainers(client: CosmosClient, settings: CosmosSettings): Promise<Stored> {
  const database = client.database(settings.database);
  const [items, deadLetters] = await Promise.all([
    readItems<ProductItem>(database.container(settings.productsContainer)),
    readItems<DeadLetter>(database.container(settings.deadLettersContainer)),
  ]);
  return { items, deadLetters };
}

/** Item by item: the in-memory server's answers to queries lose a key such as `__proto__`, its point reads do not. */
async function readItems<Item>(container: Container): Promise<Item[]> {
  const { resources: ids } = await container.items.query<string>('SELECT VALUE c.id FROM c').fetchAll();
  const reads = ids.sort().map((id) => container.item(id, id).read<Item & ItemDefinition>());
  return (await Promise.all(reads)).map(({ resource }) => resource as Item);
}
