import type { Container, ItemDefinition } from '@azure/cosmos';
import * as z from 'zod';
import type { Transport } from '../message/delivery.ts';
import { SyncMark } from '../product/document.ts';
import type { StoreCallOptions } from '../store/product-store.ts';
import { readItem } from '../store/store-call.ts';
import { countItems, queryRows } from './query-rows.ts';

/** The part of a stored mark that commands show and wait for. */
const CatalogMark = SyncMark.pick({
  transport: true,
  stream: true,
  sequence: true,
  time: true,
  receivedAt: true,
});
export type CatalogMark = z.infer<typeof CatalogMark>;

const text = z.string().nullable().catch(null);
const number = z.number().nullable().catch(null);
const Display = z.object({ currency: text, price: number, salePrice: number });

/** An item of the products container as `verify` compares it. It is lenient: somebody else may have written the item. */
export const CatalogItem = z.object({
  id: z.string(),
  deleted: z.literal(true).optional().catch(undefined),
  name: text,
  active: z.boolean().nullable().catch(null),
  /** Absent if the message carried no prices, null if it had no default. */
  defaultScheduleId: z.string().nullish().catch(undefined),
  display: Display.nullable().catch(null),
  /** Only if asked for. */
  categoryIds: z.array(z.string()).optional().catch(undefined),
  /** Null if it cannot be read: this app did not write the item. */
  sync: CatalogMark.nullable().catch(null),
});
export type CatalogItem = z.infer<typeof CatalogItem>;

/** Single fields, because a whole document can have 2 MB. */
const LISTED = 'c.id, c.deleted, c.name, c.active, c.pricing.defaultScheduleId, c.pricing.display, c.sync';

/**
 * Every query of the operators' commands on the products container. All filter and sort by paths that the container's
 * indexing policy includes (`containerDefinitions`). Your own policy has to include them, too.
 */
export const CATALOG_QUERIES = {
  all: `SELECT ${LISTED} FROM c`,
  ofCatalog: `SELECT ${LISTED} FROM c WHERE ARRAY_CONTAINS(c.catalogIds, @catalogId)`,
  byId: `SELECT ${LISTED}, c.categoryIds FROM c ORDER BY c.id`,
  byIdOfCategory: `SELECT ${LISTED}, c.categoryIds FROM c WHERE ARRAY_CONTAINS(c.categoryIds, @categoryId) ORDER BY c.id`,
  ids: 'SELECT c.id FROM c WHERE NOT IS_DEFINED(c.deleted)',
  idsOfCatalog: 'SELECT c.id FROM c WHERE ARRAY_CONTAINS(c.catalogIds, @catalogId)',
  idsBelowSchema: 'SELECT c.id FROM c WHERE c.schemaVersion < @version',
  countTombstones: 'SELECT VALUE COUNT(1) FROM c WHERE c.deleted = true',
  lastOfTransport:
    'SELECT TOP 1 c.id, c.sync.time, c.sync.receivedAt FROM c WHERE c.sync.transport = @transport ORDER BY c.sync.time DESC',
} as const;

export type ProductCatalog = ReturnType<typeof productCatalog>;

/**
 * The products container in Cosmos DB for operators: it only reads, and mostly many items, page by page. Errors are
 * `StoreRefusedError` and `StoreUnavailableError`.
 */
export function productCatalog(container: () => Promise<Container>) {
  const rows = <Row>(query: keyof typeof CATALOG_QUERIES, values?: Record<string, string | number>) =>
    queryRows<Row>(container, CATALOG_QUERIES[query], values);
  return {
    /** Every item, tombstones too; or those of one catalog. In no order. */
    list: ({ catalogId }: { catalogId?: string | undefined } = {}) =>
      toItems(catalogId === undefined ? rows('all') : rows('ofCatalog', { catalogId })),
    /** By ID, with categories; of one category, or of all. */
    listById: ({ categoryId }: { categoryId?: string | undefined } = {}) =>
      toItems(categoryId === undefined ? rows('byId') : rows('byIdOfCategory', { categoryId })),
    /** The whole item as it is stored, without Cosmos DB's own properties. */
    async readWhole(id: string): Promise<Readonly<Record<string, unknown>> | null> {
      const { resource } = await readItem<ItemDefinition>(container, id);
      if (resource === undefined) return null;
      return Object.fromEntries(Object.entries(resource).filter(([name]) => !name.startsWith('_')));
    },
    async read(id: string, options?: StoreCallOptions): Promise<CatalogItem | null> {
      const { resource } = await readItem<ItemDefinition>(container, id, options);
      return resource === undefined ? null : CatalogItem.parse({ ...resource, ...resource.pricing });
    },
    /** IDs of the products that are not deleted; or of those in one catalog. */
    ids: ({ catalogId }: { catalogId?: string | undefined } = {}) =>
      toIds(catalogId === undefined ? rows('ids') : rows('idsOfCatalog', { catalogId })),
    /** IDs of the products whose document is of an older schema than this. */
    idsBelowSchema: (version: number) => toIds(rows('idsBelowSchema', { version })),
    async counts(): Promise<{ products: number; tombstones: number }> {
      const [all, tombstones] = await Promise.all([
        countItems(container),
        countItems(container, CATALOG_QUERIES.countTombstones),
      ]);
      return { products: all - tombstones, tombstones };
    },
    /** The message with the latest time; null if no stored item came by this transport. */
    async lastMessage(transport: Transport) {
      const messages = rows<{ id: string; time: string; receivedAt: string }>('lastOfTransport', {
        transport,
      });
      for await (const message of messages) return message;
      return null;
    },
  };
}

async function* toItems(rows: AsyncIterable<unknown>): AsyncGenerator<CatalogItem> {
  for await (const row of rows) yield CatalogItem.parse(row);
}

async function* toIds(rows: AsyncIterable<{ id: string }>): AsyncGenerator<string> {
  for await (const { id } of rows) yield id;
}
