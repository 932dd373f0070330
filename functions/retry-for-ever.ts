import type { RetryOptions } from '@azure/functions';

/**
 * Of a broker's trigger. Without a policy the host moves on past a batch that failed: an outage would lose it. A bad
 * message never needs a retry, since it is kept as a dead letter at once.
 */
export const RETRY_FOR_EVER: RetryOptions = {
  strategy: 'exponentialBackoff',
  maxRetryCount: -1,
  minimumInterval: { seconds: 1 },
  maximumInterval: { seconds: 30 },
};
