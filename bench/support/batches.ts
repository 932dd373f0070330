import type { Log } from '../../src/log.ts';
import type { Delivery } from '../../src/message/delivery.ts';
import { RETRY_POLICIES } from '../../src/sync/retry.ts';
import type { Settled } from '../../src/sync/settled.ts';
import { type SyncParts, syncBatch } from '../../src/sync/sync-batch.ts';
import { syncSettings } from '../../test/support/settings.ts';

/** As many events as the Event Hubs trigger hands over at once. */
export const BATCH_SIZE = 100;

/** The default of WRITE_CONCURRENCY. */
export const WRITE_CONCURRENCY = 16;

/** Parts of the core on these stores. Log lines are made, as the app makes them, and thrown away. */
export function partsOn(
  stores: Pick<SyncParts, 'products' | 'deadLetters' | 'memory'>,
  writeConcurrency = WRITE_CONCURRENCY,
): SyncParts {
  const log: Log = (_level, event, fields) => void JSON.stringify({ event, ...fields });
  return {
    ...stores,
    log,
    policy: RETRY_POLICIES.eventhub,
    settings: syncSettings({ marketplaceId: 'roastery', writeConcurrency }),
  };
}

/** Hands deliveries to the core as the trigger would: batch after batch. */
export async function syncInBatches(parts: SyncParts, deliveries: readonly Delivery[]): Promise<Settled[]> {
  const settled: Settled[] = [];
  for (let first = 0; first < deliveries.length; first += BATCH_SIZE) {
    const batch = deliveries.slice(first, first + BATCH_SIZE);
    const result = await syncBatch(parts, batch);
    if (result.problem !== null) throw new Error(result.problem);
    settled.push(...result.settled);
  }
  return settled;
}
