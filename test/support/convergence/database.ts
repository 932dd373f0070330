import type { ProductItem } from '../../../src/product/document.ts';
import type { DeadLetterStore } from '../../../src/store/dead-letter.ts';
import type { ProductStore, WriteResult } from '../../../src/store/product-store.ts';
import { type MemoryStores, memoryStores } from '../memory-stores.ts';
import type { Core } from './core.ts';
import { REFUSED_NAME } from './plan.ts';

/** Decides between so many choices. */
export type Choose = (count: number) => number;

/** Changes how the products container behaves, to show that the search would notice. */
export type StoreBug = (products: ProductStore) => ProductStore;

/** Both containers. Every call happens at once and as a whole. */
export type Database = Pick<MemoryStores, 'items' | 'deadLetterItems'> & {
  products: ProductStore;
  deadLetters: DeadLetterStore;
  /**
   * Makes the next read answer with an earlier version, the state before there was an item included. Tells whether
   * there is one.
   */
  readOldNext(productId: string, choose: Choose): boolean;
  /** Puts an item there that the app did not write. */
  writeByHand(productId: string): Promise<void>;
};

/** Within a history nobody waits longer than this. */
const LONG = 86_400;

export function openDatabase(core: Core, bug: StoreBug = (products) => products): Database {
  const versions = new Map<string, number>();
  let oldVersion: number | undefined;
  const memory = memoryStores((latest) => {
    const chosen = oldVersion ?? latest;
    oldVersion = undefined;
    return chosen;
  });

  const landed = (item: ProductItem) => {
    versions.set(item.id, (versions.get(item.id) ?? 0) + 1);
    // Nothing may rest on a mark that is kept for less time than a message can be late.
    if ('ttl' in item && item.ttl < LONG) {
      memory.expire(item.id);
      versions.set(item.id, (versions.get(item.id) ?? 0) + 1);
    }
  };
  const writing = async (item: ProductItem, write: () => Promise<WriteResult>) => {
    if ('name' in item && item.name === REFUSED_NAME)
      throw new core.StoreRefusedError('It does not like it.');
    const result = await write();
    if (result !== 'conflict') landed(item);
    return result;
  };
  const products = bug(memory.products);

  return {
    items: memory.items,
    deadLetterItems: memory.deadLetterItems,
    deadLetters: memory.deadLetters,
    products: {
      read: (id) => products.read(id),
      create: (item) => writing(item, () => products.create(item)),
      replace: (item, etag) => writing(item, () => products.replace(item, etag)),
    },
    readOldNext(productId, choose) {
      const latest = versions.get(productId) ?? 0;
      if (latest === 0) return false;
      oldVersion = choose(latest);
      return true;
    },
    async writeByHand(productId) {
      // Not an item of ours: it has no mark.
      const item = { id: productId, name: 'by hand' } as unknown as ProductItem;
      await memory.products.create(item);
      versions.set(productId, 1);
    },
  };
}
