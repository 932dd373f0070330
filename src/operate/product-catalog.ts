import * as z from 'zod';
import { SyncMark } from '../product/document.ts';
import type { StoreCallOptions } from '../store/product-store.ts';

/** The transports by which messages come. */
export const MESSAGE_TRANSPORTS = ['http', 'eventhub', 'kafka'] as const;
export type MessageTransport = (typeof MESSAGE_TRANSPORTS)[number];

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

/** The last stored message of a transport. */
export type LastMessage = { id: string; time: string; receivedAt: string };

/**
 * The port to the products container for operators: it only reads, and mostly many items. Errors are `StoreRefusedError`
 * and `StoreUnavailableError`.
 */
export type ProductCatalog = {
  /** Every item, tombstones too; or those of one catalog. In no order; read page by page. */
  list(filter?: { catalogId?: string | undefined }): AsyncIterable<CatalogItem>;
  /** By ID, with categories; of one category, or of all. */
  listById(filter?: { categoryId?: string | undefined }): AsyncIterable<CatalogItem>;
  /** The whole item as it is stored, without Cosmos DB's own properties. */
  readWhole(id: string): Promise<Readonly<Record<string, unknown>> | null>;
  read(id: string, options?: StoreCallOptions): Promise<CatalogItem | null>;
  /** IDs of the products that are not deleted; or of those in one catalog. */
  ids(filter?: { catalogId?: string | undefined }): AsyncIterable<string>;
  /** IDs of the products whose document is of an older schema than this. */
  idsBelowSchema(version: number): AsyncIterable<string>;
  counts(): Promise<{ products: number; tombstones: number }>;
  /** The message with the latest time; null if no stored item came by this transport. */
  lastMessage(transport: MessageTransport): Promise<LastMessage | null>;
};
