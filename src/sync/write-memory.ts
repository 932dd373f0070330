import type { StoredItem } from '../store/product-store.ts';
import type { Change } from './change.ts';

/**
 * What this process itself wrote last, of a bounded number of products, so that a product's next message needs no read.
 * Another process may have written since, so only a conditional write may rest on it.
 */
export type WriteMemory = {
  /** Removes and returns what is remembered of the change's product. Only a successful write puts something back. */
  take(change: Change): StoredItem | null;
  keep(written: Change, etag: string): void;
};

/** Some 500 bytes each. */
const MAX_REMEMBERED = 10_000;

/** An empty memory; each process has one. */
export function writeMemory(limit = MAX_REMEMBERED): WriteMemory {
  // A Map keeps the order of insertion: the first key was written longest ago.
  const items = new Map<string, StoredItem>();
  return {
    take({ productId, sync }) {
      const item = items.get(productId);
      if (item === undefined) return null;
      items.delete(productId);
      // The partition of a product's last message brings its next one to the same process. With any other stream,
      // another process may well have written meanwhile, and a refused write costs more than a read.
      return sync.sequence !== null && sync.stream === item.sync?.stream ? item : null;
    },
    keep({ productId, content, sync }, etag) {
      const { stream, sequence, time, contentHash } = sync;
      items.delete(productId);
      if (sequence === null) return;
      const [oldest] = items.keys();
      if (items.size >= limit && oldest !== undefined) items.delete(oldest);
      items.set(productId, {
        etag,
        deleted: content === null,
        sync: { stream, sequence, time, contentHash },
      });
    },
  };
}
