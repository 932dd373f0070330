import type { SyncParts } from '../../src/sync/sync-batch.ts';

/** The core's settings at their defaults, for any marketplace, but for what a test is about. */
export function syncSettings(overrides: Partial<SyncParts['settings']> = {}): SyncParts['settings'] {
  return {
    marketplaceId: null,
    tombstoneRetentionDays: 14,
    deadLetterRetentionDays: 30,
    writeConcurrency: 4,
    ...overrides,
  };
}
