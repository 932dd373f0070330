import { setMaxListeners } from 'node:events';
import pRetry from 'p-retry';
import { StoreUnavailableError } from '../store/store-errors.ts';
import { record } from '../telemetry/metrics.ts';
import { errorTypeOf } from '../telemetry/trace.ts';

/** How long, and how fast, transient failures are tried again. */
export type RetryPolicy = {
  /** The whole time for an invocation, in milliseconds; what is not done by then is left over. */
  budgetMs: number;
  firstDelayMs: number;
  maxDelayMs: number;
};

/** OrderCloud waits for the answer: a short time, then 503. */
export const HTTP_RETRY: RetryPolicy = { budgetMs: 5_000, firstDelayMs: 100, maxDelayMs: 1_000 };

/** A batch of events: a minute, then the function's own retry policy runs the whole batch again. */
export const EVENT_HUB_RETRY: RetryPolicy = { budgetMs: 60_000, firstDelayMs: 100, maxDelayMs: 5_000 };

/** A batch of Kafka records: below the five minutes after which a broker gives the partitions to another consumer. */
export const KAFKA_RETRY: RetryPolicy = { budgetMs: 240_000, firstDelayMs: 100, maxDelayMs: 5_000 };

/** One invocation's time budget: every store call and every wait ends with it. */
export type Budget = { policy: RetryPolicy; deadline: number; signal: AbortSignal };

/** Starts an invocation's time budget. */
export function startBudget(policy: RetryPolicy): Budget {
  const signal = AbortSignal.timeout(policy.budgetMs);
  // Every store call under way listens to it, and there are as many as WRITE_CONCURRENCY allows.
  setMaxListeners(0, signal);
  return { policy, deadline: Date.now() + policy.budgetMs, signal };
}

/**
 * Runs `attempt` until it succeeds, fails for good, or the budget is used up. Whatever is not known to be
 * permanent counts as transient: losing a message for an error nobody foresaw is worse than trying again.
 */
export async function withRetries<Result>(
  budget: Budget,
  isPermanent: (error: unknown) => boolean,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const { firstDelayMs, maxDelayMs } = budget.policy;
  let lastError: unknown;
  try {
    const countedAttempt = (number: number) => {
      if (number > 1) record('productsync.retries', 1, { 'error.type': errorTypeOf(lastError) });
      return withinBudget(budget, attempt);
    };
    return await pRetry(countedAttempt, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: firstDelayMs,
      maxTimeout: maxDelayMs,
      randomize: true,
      maxRetryTime: Math.max(0, budget.deadline - Date.now()),
      shouldRetry: ({ error }) => !isPermanent(error),
      onFailedAttempt: ({ error }) => {
        if (!(error instanceof BudgetExhaustedError)) lastError = error;
      },
    });
  } catch (error) {
    // What went wrong before the time ran out is what an operator needs to know.
    if (error instanceof BudgetExhaustedError && lastError !== undefined) throw lastError;
    throw error;
  }
}

class BudgetExhaustedError extends StoreUnavailableError {
  constructor() {
    super('No answer within the time budget of this invocation.');
  }
}

/** A call that hangs ends with the budget. What it does later is harmless: every write is conditional. */
async function withinBudget<Result>({ signal }: Budget, attempt: () => Promise<Result>): Promise<Result> {
  if (signal.aborted) throw new BudgetExhaustedError();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new BudgetExhaustedError());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([attempt(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
