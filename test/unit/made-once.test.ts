import { describe, expect, it } from 'vitest';
import { madeOnce } from '../../src/made-once.ts';

describe('what is made once', () => {
  it('is made when it is first asked for, and for callers side by side', async () => {
    let made = 0;
    const client = madeOnce(async () => {
      made += 1;
      return made;
    });
    expect(made).toBe(0);
    expect(await Promise.all([client(), client()])).toEqual([1, 1]);
    expect(await client()).toBe(1);
  });

  it('is made anew after a failure, which all who waited are told', async () => {
    let attempts = 0;
    const client = madeOnce(async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('not yet');
      return attempts;
    });
    const waiting = await Promise.allSettled([client(), client()]);
    expect(waiting.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await client()).toBe(2);
    expect(await client()).toBe(2);
  });
});
