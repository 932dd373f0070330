import type { Span } from '@opentelemetry/api';
import type * as z from 'zod';
import { type ProductItem, SyncMark } from '../product/document.ts';

/**
 * The part of a stored mark that deciding needs. It requires no more, so that a mark of a later version of this app still
 * counts.
 */
export const StoredMark = SyncMark.pick({ stream: true, sequence: true, time: true, contentHash: true });
export type StoredMark = z.infer<typeof StoredMark>;

/** What is stored under a ProductID, as far as deciding needs it. */
export type StoredItem = {
  /** Version of the item, for a conditional replace. */
  etag: string;
  deleted: boolean;
  /** Null if it cannot be read: somebody else wrote the item. */
  sync: StoredMark | null;
};

/** A conditional write creates a version, or meets one that it did not expect. */
export type WriteResult = { etag: string } | 'conflict';

/** `span` is the parent of the call. */
export type StoreCallOptions = { signal?: AbortSignal | undefined; span?: Span | undefined };

/**
 * The port to the products container. Every write is conditional and can be repeated; there is no delete.
 * A read may be old; a conditional write never is. Errors are `StoreRefusedError` and `StoreUnavailableError` only.
 */
export type ProductStore = {
  read(id: string, options?: StoreCallOptions): Promise<StoredItem | null>;
  /** Conflict when an item with this id exists. */
  create(item: ProductItem, options?: StoreCallOptions): Promise<WriteResult>;
  /** Conflict when the stored version is not `etag`, or the item is gone. */
  replace(item: ProductItem, etag: string, options?: StoreCallOptions): Promise<WriteResult>;
};

/** Point reads of whole documents, for offers. The item is as it is stored: somebody else may have written it. */
export type ProductReader = {
  readItem(id: string, options?: StoreCallOptions): Promise<ProductItem | null>;
};
