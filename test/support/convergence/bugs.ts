import type { ProductStore } from '../../../src/store/product-store.ts';
import type { SourceBug } from './bundle-core.ts';
import type { StoreBug } from './database.ts';

/** A mistake that somebody could make, in the app's source or in how its store writes. */
export type Bug = { name: string } & ({ source: SourceBug } | { store: StoreBug });

/** The search must find each of these. */
export const BUGS: readonly Bug[] = [
  { name: 'no If-Match', store: withoutIfMatch },
  { name: 'create without condition', store: withUnconditionalCreate },
  {
    name: 'a tombstone dropped at once',
    source: {
      file: 'sync/change.ts',
      text: 'ttl: Math.max(1, tombstoneRetentionDays * SECONDS_PER_DAY)',
      replacement: 'ttl: 1',
    },
  },
  {
    name: 'an unchanged product is not written',
    source: {
      file: 'sync/decide.ts',
      text: 'const isSame = arriving.sync.contentHash === sync.contentHash;',
      replacement: `
        const isSame = arriving.sync.contentHash === sync.contentHash;
        if (isSame) return { write: 'none', outcome: 'duplicate' };`,
    },
  },
  {
    name: 'sequences compared across streams',
    source: { file: 'sync/is-newer.ts', text: 'a.stream === b.stream &&', replacement: '' },
  },
  {
    name: 'coalescing keeps the first',
    source: {
      file: 'sync/newest.ts',
      text: 'ofStream.reduce((kept, next) => (isNewer(next.change, kept.change) ? next : kept))',
      replacement: 'ofStream[0] as C',
    },
  },
  {
    name: 'a refused newest hides its predecessor',
    source: {
      file: 'sync/sync-batch.ts',
      text: 'remaining = remaining.filter((message) => message !== newest);',
      replacement: `
        for (const message of remaining) {
          if (message !== newest) message.settled = { outcome: 'superseded', productId };
        }
        return 'dead-lettered';`,
    },
  },
  {
    name: 'acknowledge before write',
    source: {
      file: 'sync/sync-batch.ts',
      text: 'const outcome = await withRetries(run, () => writeChange(run, change));',
      replacement: `
        const outcome = 'updated';
        withRetries(run, () => writeChange(run, change)).catch(() => {});`,
    },
  },

  // Beyond those that the issue names: one for each of the other sentences of the write rule.
  {
    name: 'a lost race counts as written',
    source: {
      file: 'sync/write-change.ts',
      text: "if (result === 'conflict') continue;",
      replacement: "if (result === 'conflict') return decision.outcome;",
    },
  },
  {
    name: 'a delete always wins',
    source: {
      file: 'sync/decide.ts',
      text: 'const comparison = compare(arriving.sync, sync);',
      replacement: `
        if (isDelete) return { write: 'replace', etag, change: arriving, outcome: 'deleted' };
        const comparison = compare(arriving.sync, sync);`,
    },
  },
  {
    name: 'an item that somebody else wrote is left alone',
    source: {
      file: 'sync/decide.ts',
      text: "return { write: 'replace', etag, change: arriving, outcome: isDelete ? 'deleted' : 'updated' };",
      replacement: "return { write: 'none', outcome: 'stale' };",
    },
  },
  {
    name: 'a mark takes an earlier time',
    source: {
      file: 'sync/decide.ts',
      text: 'time: laterOf(arriving.sync.time, stored.time)',
      replacement: 'time: arriving.sync.time',
    },
  },
  {
    name: 'superseded messages lend no time',
    source: {
      file: 'sync/newest.ts',
      text: 'return time === change.sync.time ? change : { ...change, sync: { ...change.sync, time } };',
      replacement: 'return change;',
    },
  },
  {
    name: 'sequences decide however far apart the times are',
    source: { file: 'sync/is-newer.ts', text: '5 * 60 * 1000', replacement: 'Number.POSITIVE_INFINITY' },
  },
  {
    name: 'sequences never decide',
    source: { file: 'sync/is-newer.ts', text: '5 * 60 * 1000', replacement: '-1' },
  },
  {
    name: 'of two streams at one instant the later arrival wins',
    source: {
      file: 'sync/is-newer.ts',
      text: "arriving.stream > stored.stream ? 'newer' : 'older'",
      replacement: "'newer'",
    },
  },
  {
    name: 'of two webhooks at one instant the earlier arrival wins',
    source: { file: 'sync/is-newer.ts', text: "arriving.stream === 'http'", replacement: 'false' },
  },
  {
    name: 'what a refused write was based on stays remembered',
    source: {
      file: 'sync/write-change.ts',
      text: "if (result === 'conflict') continue;",
      replacement: `
        if (result === 'conflict') {
          const based = remembered?.sync && { ...change, sync: { ...change.sync, ...remembered.sync } };
          if (based) memory?.keep(based, remembered.etag);
          continue;
        }`,
    },
  },
  {
    name: 'a write remembers less than it wrote',
    source: {
      file: 'sync/write-memory.ts',
      text: 'sync: { stream, sequence, time, contentHash },',
      replacement: 'sync: { stream, sequence: -1, time, contentHash },',
    },
  },
  {
    name: 'the mark that was kept later is remembered as it came',
    source: {
      file: 'sync/write-change.ts',
      text: 'memory?.keep(decision.change, result.etag);',
      replacement: 'memory?.keep(change, result.etag);',
    },
  },
  {
    name: 'a webhook sent again becomes another dead letter',
    source: {
      file: 'store/dead-letter.ts',
      text: "if (delivery.transport === 'http') return bodySha256;",
      replacement: '',
    },
  },
];

/** A replace that overwrites whatever is there. */
function withoutIfMatch(products: ProductStore): ProductStore {
  return {
    ...products,
    async replace(item) {
      const current = await products.read(item.id);
      return current === null ? 'conflict' : products.replace(item, current.etag);
    },
  };
}

/** An upsert in place of a create. */
function withUnconditionalCreate(products: ProductStore): ProductStore {
  return {
    ...products,
    async create(item) {
      const current = await products.read(item.id);
      return current === null ? products.create(item) : products.replace(item, current.etag);
    },
  };
}
