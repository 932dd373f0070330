import type { Container, ItemDefinition, PatchOperation, SqlQuerySpec } from '@azure/cosmos';
import { toStoreError, writing } from '../store/cosmos-errors.ts';
import { DeadLetter, type Rejection } from '../store/dead-letter.ts';
import {
  type DeadLetterArchive,
  type DeadLetterFilter,
  DeadLetterSummary,
  type KeptDeadLetter,
} from './dead-letter-archive.ts';

const SUMMARY_FIELDS = Object.keys(DeadLetterSummary.shape)
  .map((field) => `c.${field}`)
  .join(', ');

const PAGE_SIZE = 200;

/**
 * The dead-letters container in Cosmos DB, as operators use it. Queries filter and sort only by what is indexed: the paths
 * in `containerDefinitions`, and `id`, which always is
 * (https://learn.microsoft.com/azure/cosmos-db/index-policy#include-exclude-paths).
 */
export function cosmosDeadLetterArchive(
  container: () => Promise<Container>,
  onUnreadable: (id: string) => void = () => {},
): DeadLetterArchive {
  const readable = (items: readonly unknown[]): DeadLetterSummary[] =>
    items.flatMap((item) => {
      const summary = DeadLetterSummary.safeParse(item);
      if (!summary.success) onUnreadable(String((item as ItemDefinition).id));
      return summary.data ?? [];
    });
  return {
    async *list(filter) {
      try {
        const pages = (await container()).items.query(listQuery(filter), { maxItemCount: PAGE_SIZE });
        for await (const { resources } of pages.getAsyncIterator()) yield* readable(resources ?? []);
      } catch (error) {
        throw toStoreError(error);
      }
    },
    async findByPrefix(prefix, limit) {
      try {
        const query = {
          query: `SELECT TOP @limit ${SUMMARY_FIELDS} FROM c WHERE STARTSWITH(c.id, @prefix)`,
          parameters: [
            { name: '@limit', value: limit },
            { name: '@prefix', value: prefix },
          ],
        };
        return readable((await (await container()).items.query(query).fetchAll()).resources);
      } catch (error) {
        throw toStoreError(error);
      }
    },
    async read(id) {
      try {
        const { resource, etag } = await (await container()).item(id, id).read<ItemDefinition>();
        if (resource === undefined) return null;
        const deadLetter = DeadLetter.safeParse(resource);
        if (deadLetter.success) return toKept(deadLetter.data, etag, resource._ts);
        onUnreadable(id);
        return null;
      } catch (error) {
        throw toStoreError(error);
      }
    },
    remove(id, etag) {
      return writing(async () => {
        await (await container()).item(id, id).delete(etag === undefined ? {} : ifMatch(etag));
        return 'written' as const;
      });
    },
    recordAttempt(kept, rejection) {
      const { id } = kept.deadLetter;
      return writing(async () => {
        await (await container()).item(id, id).patch(attemptOperations(kept, rejection), ifMatch(kept.etag));
        return 'written' as const;
      });
    },
  };
}

function listQuery({ reason, productId, since }: DeadLetterFilter): SqlQuerySpec {
  const conditions = [
    { condition: 'c.reason = @reason', name: '@reason', value: reason },
    { condition: 'c.productId = @productId', name: '@productId', value: productId },
    { condition: 'c.receivedAt >= @since', name: '@since', value: since },
  ].flatMap(({ condition, name, value }) => (value === undefined ? [] : [{ condition, name, value }]));
  const where =
    conditions.length === 0 ? '' : `WHERE ${conditions.map((given) => given.condition).join(' AND ')}`;
  return {
    query: `SELECT ${SUMMARY_FIELDS} FROM c ${where} ORDER BY c.receivedAt DESC`,
    parameters: conditions.map(({ name, value }) => ({ name, value })),
  };
}

/** Cosmos DB counts `ttl` from the last change of an item, in seconds since 1970. */
function toKept(deadLetter: DeadLetter, etag: string, lastChange: number): KeptDeadLetter {
  return { deadLetter, etag, expiresAt: new Date((lastChange + deadLetter.ttl) * 1000) };
}

/** Each change restarts the time to live, so this sets it to what was left. */
function attemptOperations(
  { deadLetter, expiresAt }: KeptDeadLetter,
  rejection: Rejection,
): PatchOperation[] {
  const { reason, detail, issues, messageType, productId } = rejection;
  const attempts = deadLetter.attempts + 1;
  const ttl = Math.max(1, Math.ceil((expiresAt.getTime() - Date.now()) / 1000));
  const changes = { reason, detail, issues, messageType, productId, attempts, ttl };
  return Object.entries(changes).map(([name, value]) => ({ op: 'set', path: `/${name}`, value }));
}

function ifMatch(etag: string): { accessCondition: { type: string; condition: string } } {
  return { accessCondition: { type: 'IfMatch', condition: etag } };
}
