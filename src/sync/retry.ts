import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Transport } from '../message/delivery.ts';
import { StoreRefusedError, StoreUnavailableError } from '../store/store-errors.ts';
import { record } from '../telemetry/metrics.ts';
import { errorTypeOf } from '../telemetry/trace.ts';
import { untilAborted } from '../until-aborted.ts';

/** How long, and how fast, transient failures are tried again. */
export type RetryPolicy = {
  /** Milliseconds for a whole batch. What is not done by then has no outcome. */
  budgetMs: number;
  firstDelayMs: number;
  maxDelayMs: number;
};

export const RETRY_POLICIES: Readonly<Record<Transport, RetryPolicy>> = {
  /** OrderCloud waits for the answer: a short time, then 503. */
  http: { budgetMs: 5_000, firstDelayMs: 100, maxDelayMs: 1_000 },
  /** A minute, then the function's own retry policy runs the whole batch again. */
  eventhub: { budgetMs: 60_000, firstDelayMs: 100, maxDelayMs: 5_000 },
  /** Below the five minutes after which a broker gives the partitions to another consumer. */
  kafka: { budgetMs: 240_000, firstDelayMs: 100, maxDelayMs: 5_000 },
};

/** A time budget: every store call and every wait ends with its signal. */
export type Budget = { policy: RetryPolicy; signal: AbortSignal; endsAt: number };

/** Starts a time budget. */
export function startBudget(policy: RetryPolicy): Budget {
  const signal = AbortSignal.timeout(policy.budgetMs);
  // Every store call under way listens to it, and there are as many as WRITE_CONCURRENCY allows.
  setMaxListeners(0, signal);
  return { policy, signal, endsAt: Date.now() + policy.budgetMs };
}

/**
 * Runs `attempt` until it succeeds, the store refuses it for good, or the budget is used up. Every other failure counts as
 * transient: losing a message for an error nobody foresaw is worse than trying again.
 */
export async function withRetries<Result>(
  { policy, signal, endsAt }: Budget,
  attempt: () => Promise<Result>,
): Promise<Result> {
  // What went wrong before the time ran out is what an operator needs to know.
  let lastError: unknown;
  for (let retries = 0; ; retries += 1) {
    try {
      signal.throwIfAborted();
      // A call that hangs ends with the budget. What it does later is harmless: every write is conditional.
      return await untilAborted(attempt(), signal);
    } catch (error) {
      if (error instanceof StoreRefusedError) throw error;
      if (error !== signal.reason) lastError = error;
    }
    const delayMs = jitteredDelay(policy, retries);
    if (signal.aborted || Date.now() + delayMs >= endsAt) {
      throw lastError ?? new StoreUnavailableError('No answer within the time budget of this invocation.');
    }
    if (delayMs > 0) await setTimeout(delayMs);
    record('productsync.retries', 1, { 'error.type': errorTypeOf(lastError) });
  }
}

/** It doubles with each retry. It is random, so that calls which failed together do not come back together. */
function jitteredDelay({ firstDelayMs, maxDelayMs }: RetryPolicy, retries: number): number {
  return Math.min(maxDelayMs, firstDelayMs * 2 ** retries * (1 + Math.random()));
}
