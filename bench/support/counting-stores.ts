import type { SyncParts } from '../../src/sync/sync-batch.ts';

/** What the counting stores were asked to do. */
export type StoreCounts = { reads: number; written: number; deadLettered: number };

/**
 * Stores that keep nothing but counts, so that neither their time nor their memory is measured. Every second product
 * is new to them; of the others an older version is there.
 */
export function countingStores(): {
  stores: Pick<SyncParts, 'products' | 'deadLetters'>;
  counts: StoreCounts;
} {
  const counts: StoreCounts = { reads: 0, written: 0, deadLettered: 0 };
  const older = {
    stream: 'eventhub/products/0',
    sequence: -1,
    time: '2026-11-22T12:00:00.000Z',
    contentHash: null,
  };
  const written = async () => {
    counts.written += 1;
    return { etag: String(counts.written) };
  };
  return {
    counts,
    stores: {
      products: {
        read: async () => {
          counts.reads += 1;
          return counts.reads % 2 === 0 ? null : { etag: String(counts.reads), deleted: false, sync: older };
        },
        create: written,
        replace: written,
      },
      deadLetters: {
        keep: async () => {
          counts.deadLettered += 1;
        },
      },
    },
  };
}
