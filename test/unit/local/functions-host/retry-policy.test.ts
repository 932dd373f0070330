import { afterEach, describe, expect, it, vi } from 'vitest';
import { toRetryPolicy } from '../../../../local/functions-host/retry-policy.ts';

afterEach(() => void vi.restoreAllMocks());

describe('a retry policy', () => {
  it('waits as long as fixedDelay says', () => {
    const policy = toRetryPolicy({
      retryStrategy: 'fixedDelay',
      maxRetryCount: 5,
      delayInterval: { seconds: 2 },
    });
    expect([1, 2, 9].map((retry) => policy?.delayBefore(retry))).toEqual([2000, 2000, 2000]);
  });

  it('waits longer and longer with exponentialBackoff, between its two intervals', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const policy = toRetryPolicy({
      ...{ retryStrategy: 'exponentialBackoff', maxRetryCount: -1 },
      ...{ minimumInterval: { seconds: 1 }, maximumInterval: { seconds: 30 } },
    });
    expect([1, 2, 3, 4, 5, 6, 7, 5000].map((retry) => policy?.delayBefore(retry))).toEqual([
      1000, 2000, 3000, 5000, 9000, 17000, 30000, 30000,
    ]);
  });

  it.each([
    ['an unknown strategy', { retryStrategy: 'never', maxRetryCount: 1 }],
    ['no interval', { retryStrategy: 'fixedDelay', maxRetryCount: 1 }],
    ['a count below -1', { retryStrategy: 'fixedDelay', maxRetryCount: -2, delayInterval: { seconds: 1 } }],
  ])('is refused with %s', (_, options) => {
    expect(() => toRetryPolicy(options)).toThrow();
  });
});
