import type { Container, ItemDefinition, SqlParameter } from '@azure/cosmos';
import { toStoreError } from '../store/cosmos-errors.ts';
import { CATALOG_QUERIES } from './catalog-queries.ts';
import { countItems } from './count-items.ts';
import { CatalogItem, type LastMessage, type ProductCatalog } from './product-catalog.ts';

const PAGE_SIZE = 1000;

/** The products container in Cosmos DB, as operators read it. */
export function cosmosProductCatalog(container: () => Promise<Container>): ProductCatalog {
  async function* rows<Row>(query: string, values: SqlParameter[] = []): AsyncGenerator<Row> {
    try {
      const { items } = await container();
      const pages = items.query<Row>({ query, parameters: values }, { maxItemCount: PAGE_SIZE });
      for await (const { resources } of pages.getAsyncIterator()) yield* resources ?? [];
    } catch (error) {
      throw toStoreError(error);
    }
  }

  return {
    async *list({ catalogId } = {}) {
      const { all, ofCatalog } = CATALOG_QUERIES;
      const found = catalogId === undefined ? rows(all) : rows(ofCatalog, parameters({ catalog: catalogId }));
      for await (const row of found) yield CatalogItem.parse(row);
    },
    async *listById({ categoryId } = {}) {
      const { byId, byIdOfCategory } = CATALOG_QUERIES;
      const found =
        categoryId === undefined ? rows(byId) : rows(byIdOfCategory, parameters({ category: categoryId }));
      for await (const row of found) yield CatalogItem.parse(row);
    },
    async readWhole(id) {
      try {
        const { resource } = await (await container()).item(id, id).read<ItemDefinition>();
        if (resource === undefined) return null;
        return Object.fromEntries(Object.entries(resource).filter(([name]) => !name.startsWith('_')));
      } catch (error) {
        throw toStoreError(error);
      }
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
    ids({ catalogId } = {}) {
      const { ids, idsOfCatalog } = CATALOG_QUERIES;
      return catalogId === undefined
        ? idsOf(rows(ids))
        : idsOf(rows(idsOfCatalog, parameters({ catalog: catalogId })));
    },
    idsBelowSchema: (version) => idsOf(rows(CATALOG_QUERIES.idsBelowSchema, parameters({ version }))),
    async counts() {
      const [all, tombstones] = await Promise.all([
        countItems(container),
        countItems(container, 'countTombstones'),
      ]);
      return { products: all - tombstones, tombstones };
    },
    async lastMessage(transport) {
      const last = rows<LastMessage>(CATALOG_QUERIES.lastOfTransport, parameters({ transport }));
      for await (const row of last) return row;
      return null;
    },
  };
}

function parameters(values: Readonly<Record<string, string | number>>): SqlParameter[] {
  return Object.entries(values).map(([name, value]) => ({ name: `@${name}`, value }));
}

async function* idsOf(rows: AsyncIterable<{ id: string }>): AsyncGenerator<string> {
  for await (const { id } of rows) yield id;
}
