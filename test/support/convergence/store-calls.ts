import type { ProductItem } from '../../../src/product/document.ts';
import type { DeadLetter, DeadLetterStore } from '../../../src/store/dead-letter.ts';
import type { ProductStore } from '../../../src/store/product-store.ts';

type Stores = { products: ProductStore; deadLetters: DeadLetterStore };

/** What the app asks of a store. */
export type StoreRequest =
  | { kind: 'read'; productId: string }
  | { kind: 'create' | 'replace'; productId: string; item: ProductItem }
  | { kind: 'dead letter'; deadLetter: DeadLetter };

/** A call of the app to a store, on its way until the schedule lets it happen. */
export type StoreCall = StoreRequest & {
  /** The store does what it is asked, in one step. Nobody is told yet. */
  happen(): Promise<unknown>;
  /** Tells the caller what came of it. Never called for a process that has died. */
  answer(): void;
  fail(error: Error): void;
};

/** Stores whose every call is handed to `issue`, and waits until somebody makes it happen and answers. */
export function waitingStores(stores: Stores, issue: (call: StoreCall) => void): Stores {
  const calling = <Result>(request: StoreRequest, perform: () => Promise<Result>): Promise<Result> =>
    new Promise((resolve, reject) => {
      let result: Promise<Result> | undefined;
      issue({
        ...request,
        happen: () => {
          result = perform();
          return result;
        },
        answer: () => resolve(result ?? Promise.reject(new Error('answered before it happened'))),
        fail: reject,
      });
    });
  return {
    products: {
      read: (productId) => calling({ kind: 'read', productId }, () => stores.products.read(productId)),
      create: (item) =>
        calling({ kind: 'create', productId: item.id, item }, () => stores.products.create(item)),
      replace: (item, etag) =>
        calling({ kind: 'replace', productId: item.id, item }, () => stores.products.replace(item, etag)),
    },
    deadLetters: {
      keep: (deadLetter) =>
        calling({ kind: 'dead letter', deadLetter }, () => stores.deadLetters.keep(deadLetter)),
    },
  };
}

/** Until all that can go on has gone on, and waits for a store again: promises come before the next event. */
export const untilAllWait = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
