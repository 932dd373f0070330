import type { ProductContent, ProductItem, SyncMark } from '../product/document.ts';

/** A valid message, ready for the decision: the content of a product, or that it was deleted. */
export type Change = {
  productId: string;
  /** Null if the product was deleted. */
  content: ProductContent | null;
  sync: SyncMark;
};

const SECONDS_PER_DAY = 86_400;

/** The item that a change is stored as. */
export function toItem(change: Change, tombstoneRetentionDays: number): ProductItem {
  if (change.content !== null) return { ...change.content, sync: change.sync };
  return {
    id: change.productId,
    deleted: true,
    sync: change.sync,
    // Cosmos DB refuses a ttl of 0. One second gives up the protection against late updates, as 0 days requests.
    ttl: Math.max(1, tombstoneRetentionDays * SECONDS_PER_DAY),
  };
}
