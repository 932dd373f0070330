import type { DeadLetter } from './dead-letter.ts';
import type { StoreCallOptions } from './product-store.ts';

/** The port to the dead-letters container. Errors are `StoreUnavailableError` only: a dead letter always fits. */
export type DeadLetterStore = {
  /** Keeps a dead letter unless it is there already: redelivery resets neither its attempts nor its TTL. */
  createIfAbsent(deadLetter: DeadLetter, options?: StoreCallOptions): Promise<void>;
};
