import type { StoreCheck } from './store/cosmos-health.ts';

export type HealthCheck = 'settings' | 'webhook-secret' | StoreCheck;

/** Checks are asked for at most this often: each costs request units. */
const KEEP_MS = 5_000;

/** Answers with the failing checks; the result is kept for 5 seconds, and side by side callers share one check. */
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
