import type { Container, ItemDefinition, SqlParameter } from '@azure/cosmos';
import { CATALOG_QUERIES } from './catalog-queries.ts';
import { toStoreError } from './cosmos-errors.ts';
import { CatalogItem, type LastMessage, type ProductCatalog } from './product-catalog.ts';

const PAGE_SIZE = 1000;

/** The products container in Cosmos DB, as operators read it. */
export function cosmosProductCatalog(container: () => Promise<Container>): ProductCatalog {
  async function* rows<Row>(query: string, parameters: SqlParameter[] = []): AsyncGenerator<Row> {
    try {
      const { items } = await container();
      const pages = items.query<Row>({ query, parameters }, { maxItemCount: PAGE_SIZE });
      for await (const { resources } of pages.getAsyncIterator()) yield* resources ?? [];
    } catch (error) {
      throw toStoreError(error);
    }
  }
  const count = async (query: string): Promise<number> => {
    let total = 0;
    for await (const part of rows<number>(query)) total += part;
    return total;
  };

  return {
    async *list({ catalogId } = {}) {
      const found =
        catalogId === undefined
          ? rows(CATALOG_QUERIES.all)
          : rows(CATALOG_QUERIES.ofCatalog, [{ name: '@catalog', value: catalogId }]);
      for await (const row of found) yield CatalogItem.parse(row);
    },
    async read(id, { signal } = {}) {
      try {
        const item = (await container()).item(id, id);
        const { resource } = await item.read<ItemDefinition>({ ...(signal && { abortSignal: signal }) });
        return resource === undefined ? null : CatalogItem.parse({ ...resource, ...resource.pricing });
      } catch (error) {
        throw toStoreError(error);
      }
    },
    async *ids({ belowSchema } = {}) {
      const found =
        belowSchema === undefined
          ? rows<{ id: string }>(CATALOG_QUERIES.ids)
          : rows<{ id: string }>(CATALOG_QUERIES.idsBelowSchema, [{ name: '@version', value: belowSchema }]);
      for await (const { id } of found) yield id;
    },
    async counts() {
      const [all, tombstones] = await Promise.all([
        count(CATALOG_QUERIES.countAll),
        count(CATALOG_QUERIES.countTombstones),
      ]);
      return { products: all - tombstones, tombstones };
    },
    async lastMessage(transport) {
      const parameters = [{ name: '@transport', value: transport }];
      for await (const row of rows<LastMessage>(CATALOG_QUERIES.lastOfTransport, parameters)) return row;
      return null;
    },
  };
}
