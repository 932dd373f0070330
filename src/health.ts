import type { StoreCheck } from './store/cosmos-health.ts';

export type HealthCheck = 'settings' | 'webhook-secret' | StoreCheck;

/** A check costs request units, so its result serves for this long. */
const KEEP_MS = 5_000;

/** Gives the failing checks, at most once in 5 seconds; callers at the same time share one check. */
export function healthChecker(
  failingChecks: () => Promise<HealthCheck[]>,
  now: () => number = Date.now,
): () => Promise<HealthCheck[]> {
  let checkedAt = Number.NEGATIVE_INFINITY;
  let result: Promise<HealthCheck[]> = Promise.resolve([]);
  return () => {
    if (now() - checkedAt >= KEEP_MS) {
      checkedAt = now();
      result = failingChecks();
    }
    return result;
  };
}
