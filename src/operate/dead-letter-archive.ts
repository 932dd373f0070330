import type * as z from 'zod';
import { DeadLetter, type DeadLetterReason, type Rejection } from '../store/dead-letter.ts';
import type { WriteResult } from '../store/product-store.ts';

/** Which dead letters: all given conditions must hold. */
export type DeadLetterFilter = {
  reason?: DeadLetterReason | undefined;
  productId?: string | undefined;
  /** Received then or later: ISO 8601 in UTC, milliseconds. */
  since?: string | undefined;
};

/** What a list shows of a dead letter, without its body, which can have megabytes. */
export const DeadLetterSummary = DeadLetter.pick({
  id: true,
  reason: true,
  detail: true,
  issues: true,
  transport: true,
  stream: true,
  sequence: true,
  time: true,
  messageType: true,
  productId: true,
  receivedAt: true,
  attempts: true,
  bodyBytes: true,
  truncated: true,
});
export type DeadLetterSummary = z.infer<typeof DeadLetterSummary>;

/** A dead letter as it was read. */
export type KeptDeadLetter = {
  deadLetter: DeadLetter;
  /** Version of the item, for conditional writes. */
  etag: string;
  /** When Cosmos DB removes it by itself. */
  expiresAt: Date;
};

/**
 * The port to the dead-letters container for operators; messages get there by `DeadLetterStore`. It skips items that this
 * version cannot read as dead letters. Errors are `StoreRefusedError` and `StoreUnavailableError`.
 */
export type DeadLetterArchive = {
  /** The newest receipt first; read page by page. */
  list(filter: DeadLetterFilter): AsyncIterable<DeadLetterSummary>;
  /** The dead letters whose id begins with this, at most `limit`. */
  findByPrefix(prefix: string, limit: number): Promise<DeadLetterSummary[]>;
  read(id: string): Promise<KeptDeadLetter | null>;
  /** Conflict if it is gone or, with an etag, has changed since. */
  remove(id: string, etag?: string): Promise<WriteResult>;
  /**
   * Counts one more attempt, and stores what is wrong now. It keeps its expiry. Conflict if it is gone or has changed
   * since.
   */
  recordAttempt(kept: KeptDeadLetter, rejection: Rejection): Promise<WriteResult>;
};
