import type { Container, ItemDefinition } from '@azure/cosmos';
import type * as z from 'zod';
import { DeadLetter, type DeadLetterReason, type Rejection } from '../store/dead-letter.ts';
import { readItem, removeItem, replaceItem } from '../store/store-call.ts';
import { countItems, queryRows } from './query-rows.ts';

/** Which dead letters: all given conditions must hold. */
export type DeadLetterFilter = {
  reason?: DeadLetterReason | undefined;
  productId?: string | undefined;
  /** Received then or later: ISO 8601 in UTC, milliseconds. */
  since?: string | undefined;
};

/** What a list shows of a dead letter, without its body, which can have megabytes. */
export const DeadLetterSummary = DeadLetter.omit({
  schemaVersion: true,
  body: true,
  bodyEncoding: true,
  bodySha256: true,
  ttl: true,
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

const SUMMARY_FIELDS = Object.keys(DeadLetterSummary.shape)
  .map((field) => `c.${field}`)
  .join(', ');

const CONDITIONS: Record<keyof DeadLetterFilter, string> = {
  reason: 'c.reason = @reason',
  productId: 'c.productId = @productId',
  since: 'c.receivedAt >= @since',
};

export type DeadLetterArchive = ReturnType<typeof deadLetterArchive>;

/**
 * The dead-letters container in Cosmos DB for operators; messages get there by `DeadLetterStore`. It skips items that this
 * version cannot read as dead letters. Errors are `StoreRefusedError` and `StoreUnavailableError`.
 *
 * Queries filter and sort only by what is indexed: the paths in `containerDefinitions`, and `id`, which always is
 * (https://learn.microsoft.com/azure/cosmos-db/index-policy#include-exclude-paths).
 */
export function deadLetterArchive(
  container: () => Promise<Container>,
  onUnreadable: (id: string) => void = () => {},
) {
  async function* summaries(query: string, values: Readonly<Record<string, string | number>>) {
    for await (const row of queryRows<ItemDefinition>(container, query, values)) {
      const summary = DeadLetterSummary.safeParse(row);
      if (summary.success) yield summary.data;
      else onUnreadable(String(row.id));
    }
  }
  return {
    /** The newest receipt first. */
    list(filter: DeadLetterFilter): AsyncGenerator<DeadLetterSummary> {
      const isGiven = (entry: [string, unknown]): entry is [string, string] => entry[1] !== undefined;
      const given = Object.entries(filter).filter(isGiven);
      const conditions = given.map(([name]) => CONDITIONS[name as keyof DeadLetterFilter]);
      const where = given.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
      const query = `SELECT ${SUMMARY_FIELDS} FROM c ${where} ORDER BY c.receivedAt DESC`;
      return summaries(query, Object.fromEntries(given));
    },
    /** The dead letters whose id begins with this, at most `limit`. */
    async findByPrefix(prefix: string, limit: number): Promise<DeadLetterSummary[]> {
      const query = `SELECT TOP @limit ${SUMMARY_FIELDS} FROM c WHERE STARTSWITH(c.id, @prefix)`;
      const found: DeadLetterSummary[] = [];
      for await (const summary of summaries(query, { limit, prefix })) found.push(summary);
      return found;
    },
    count: () => countItems(container),
    async read(id: string): Promise<KeptDeadLetter | null> {
      const { resource, etag } = await readItem<ItemDefinition>(container, id);
      if (resource === undefined) return null;
      const { data: deadLetter } = DeadLetter.safeParse(resource);
      if (deadLetter === undefined) {
        onUnreadable(id);
        return null;
      }
      // Cosmos DB counts `ttl` from the last change of an item, in seconds since 1970.
      return { deadLetter, etag, expiresAt: new Date((resource._ts + deadLetter.ttl) * 1000) };
    },
    /** False if it is gone or, with an etag, has changed since. */
    remove: async (id: string, etag?: string): Promise<boolean> =>
      (await removeItem(container, id, { ifMatch: etag })) !== 'conflict',
    /** Counts one more attempt, and stores what is wrong now. It keeps its expiry. False if it is gone or has changed since. */
    async recordAttempt(
      { deadLetter, etag, expiresAt }: KeptDeadLetter,
      rejection: Rejection,
    ): Promise<boolean> {
      const attempts = deadLetter.attempts + 1;
      // Each change restarts the time to live, so this sets it to what was left.
      const ttl = Math.max(1, Math.ceil((expiresAt.getTime() - Date.now()) / 1000));
      const attempted: DeadLetter = { ...deadLetter, ...rejection, attempts, ttl };
      return (await replaceItem(container, attempted, { ifMatch: etag })) !== 'conflict';
    },
  };
}
