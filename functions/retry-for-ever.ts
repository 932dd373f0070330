import type { RetryOptions } from '@azure/functions';

/**
 * The retry policy of a broker's trigger. Without one the host moves on past a failed batch: an outage would lose it. A
 * bad message needs no retry, because it becomes a dead letter at once.
 */
export const RETRY_FOR_EVER: RetryOptions = {
  strategy: 'exponentialBackoff',
  maxRetryCount: -1,
  minimumInterval: { seconds: 1 },
  maximumInterval: { seconds: 30 },
};
