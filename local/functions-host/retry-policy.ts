import { z } from 'zod';

/** How a failed invocation is repeated. */
export type RetryPolicy = {
  /** Runs after the first; -1 for ever. */
  maxRetryCount: number;
  /** How long to wait before a retry, in milliseconds; the first is number 1. */
  delayBefore(retry: number): number;
};

/** As the library passes it: in whole seconds, to which it rounds what the app declared. */
const DURATION = z.object({ seconds: z.number().min(0) }).transform(({ seconds }) => seconds * 1_000);

const maxRetryCount = z.int().min(-1);

const RETRY_OPTIONS = z.discriminatedUnion('retryStrategy', [
  z.object({ retryStrategy: z.literal('fixedDelay'), maxRetryCount, delayInterval: DURATION }),
  z.object({
    ...{ retryStrategy: z.literal('exponentialBackoff'), maxRetryCount },
    ...{ minimumInterval: DURATION, maximumInterval: DURATION },
  }),
]);

/**
 * The policy that a function registers; undefined if it has none.
 * @throws ZodError if Azure would refuse the policy, too
 */
export function toRetryPolicy(retryOptions: unknown): RetryPolicy | undefined {
  if (retryOptions === undefined || retryOptions === null) return undefined;
  const options = RETRY_OPTIONS.parse(retryOptions);
  return {
    maxRetryCount: options.maxRetryCount,
    delayBefore(retry) {
      if (options.retryStrategy === 'fixedDelay') return options.delayInterval;
      const { minimumInterval, maximumInterval } = options;
      // First the minimum, then the minimum and a doubling part, each up to a fifth more or less.
      const growth = retry > 1 ? minimumInterval * 2 ** (retry - 2) * (0.8 + 0.4 * Math.random()) : 0;
      return Math.min(minimumInterval + growth, maximumInterval);
    },
  };
}
