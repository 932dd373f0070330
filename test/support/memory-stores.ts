import type { ProductItem } from '../../src/product/document.ts';
import type { DeadLetter, DeadLetterStore } from '../../src/store/dead-letter.ts';
import { type ProductStore, type StoredItem, StoredMark } from '../../src/store/product-store.ts';

export type MemoryStores = ReturnType<typeof memoryStores>;

/** Null: the item was removed. */
type Version = { etag: string; item: ProductItem } | null;

/**
 * The stores simulated in memory, for what no real server can be made to do, such as answering with an old read: of so
 * many versions `chooseRead` picks one, 0 being the state before the item existed. They pass the same contract tests as
 * the Cosmos DB stores.
 */
export function memoryStores(chooseRead: (versions: number) => number = (versions) => versions) {
  const versions = new Map<string, Version[]>();
  const items = new Map<string, ProductItem>();
  const deadLetterItems = new Map<string, DeadLetter>();
  let etags = 0;

  const addVersion = (id: string, version: Version) => {
    const known = versions.get(id);
    if (known === undefined) versions.set(id, [version]);
    else known.push(version);
  };

  const write = (item: ProductItem): { etag: string } => {
    etags += 1;
    // A store keeps what was sent, not the object: later changes to it must not show.
    const copy = JSON.parse(JSON.stringify(item)) as ProductItem;
    const etag = String(etags);
    addVersion(item.id, { etag, item: copy });
    items.set(item.id, copy);
    return { etag };
  };

  return {
    /** The stored items as they are now. */
    items: items as ReadonlyMap<string, ProductItem>,
    deadLetterItems: deadLetterItems as ReadonlyMap<string, DeadLetter>,
    products: {
      async read(id: string) {
        const known = versions.get(id) ?? [];
        const version = known[chooseRead(known.length) - 1];
        return version ? toStored(version) : null;
      },
      async create(item) {
        return items.has(item.id) ? 'conflict' : write(item);
      },
      async replace(item, etag) {
        return versions.get(item.id)?.at(-1)?.etag === etag ? write(item) : 'conflict';
      },
    } satisfies ProductStore,
    deadLetters: {
      async keep(deadLetter) {
        const kept = deadLetterItems.get(deadLetter.id);
        const { id, time, receivedAt, ttl } = deadLetter;
        if (kept === undefined) deadLetterItems.set(id, deadLetter);
        else if (deadLetter.transport === 'http' && kept.time < time)
          deadLetterItems.set(id, { ...kept, time, receivedAt, ttl });
      },
    } satisfies DeadLetterStore,
    /** Removes an item, as Cosmos DB does by itself when its `ttl` has passed. That makes a version, too. */
    expire(id: string) {
      if (items.delete(id)) addVersion(id, null);
    },
  };
}

function toStored({ etag, item }: NonNullable<Version>): StoredItem {
  const mark = StoredMark.safeParse(item.sync);
  return { etag, deleted: 'deleted' in item, sync: mark.success ? mark.data : null };
}
