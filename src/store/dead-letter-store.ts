import type { DeadLetter } from './dead-letter.ts';
import type { StoreCallOptions } from './product-store.ts';

/** The port to the dead-letters container. Errors are `StoreUnavailableError` only: a dead letter always fits. */
export type DeadLetterStore = {
  /**
   * Keeps a dead letter unless it exists already: redelivery by a broker changes nothing. But a webhook sent again is a
   * newer message with the same body, and so the same id: the kept one moves forward to its `time` and `receivedAt`,
   * never back, and its `ttl` starts again; its attempts and what is wrong stay.
   */
  keep(deadLetter: DeadLetter, options?: StoreCallOptions): Promise<void>;
};
