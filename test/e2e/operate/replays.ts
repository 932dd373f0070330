import { afterAll, beforeAll, vi } from 'vitest';
import {
  type DeadLetterArchive,
  deadLetterArchive,
  type KeptDeadLetter,
} from '../../../src/operate/dead-letter-archive.ts';
import {
  type Replayed,
  type ReplayParts,
  replayDeadLetters,
} from '../../../src/operate/replay-dead-letter.ts';
import type { DeadLetter } from '../../../src/store/dead-letter.ts';
import { RETRY_POLICIES, type RetryPolicy } from '../../../src/sync/retry.ts';
import type { SyncParts } from '../../../src/sync/sync-batch.ts';
import { startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { recordingLog } from '../../support/log.ts';
import { syncSettings } from '../../support/settings.ts';

// A file of tests starts what it replays on by importing this.

export let cosmos: TestCosmos;
export let archive: DeadLetterArchive;
beforeAll(async () => {
  cosmos = await startTestCosmos();
  archive = deadLetterArchive(async () => cosmos.deadLetters);
});
afterAll(() => cosmos.close());

/** Enough for what works. */
export const IMPATIENT: RetryPolicy = { budgetMs: 700, firstDelayMs: 100, maxDelayMs: 200 };
export const settings = syncSettings({ marketplaceId: 'roastery' });
const NOW = Date.parse('2026-11-22T13:00:00.000Z');

export type Overrides = Partial<ReplayParts>;

export function parts(overrides: Overrides = {}): SyncParts & { archive: DeadLetterArchive } {
  return {
    ...cosmos.stores,
    archive,
    policy: RETRY_POLICIES.http,
    settings,
    log: recordingLog(),
    ...overrides,
  };
}

/** Keeps dead letters as the app does. */
export async function keep(...deadLetters: DeadLetter[]): Promise<KeptDeadLetter[]> {
  for (const one of deadLetters) await cosmos.stores.deadLetters.keep(one);
  return read(...deadLetters);
}

/** Reads them as they are now; those that are gone are left out. */
export async function read(...deadLetters: DeadLetter[]): Promise<KeptDeadLetter[]> {
  const found = await Promise.all(deadLetters.map(({ id }) => archive.read(id)));
  return found.filter((one) => one !== null);
}

export async function replay(kept: KeptDeadLetter[], overrides: Overrides = {}): Promise<Replayed[]> {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  try {
    return await replayDeadLetters(parts(overrides), kept);
  } finally {
    vi.useRealTimers();
  }
}

export async function product(id: string): Promise<Record<string, unknown> | undefined> {
  return (await cosmos.products.item(id, id).read()).resource;
}

/** How a dead letter ends that is processed. */
export const processed = (outcome: string) => ({ kind: 'processed', outcome, isNoted: true });
