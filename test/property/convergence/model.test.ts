import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { realCore } from '../../support/convergence/core.ts';
import { histories } from '../../support/convergence/generate.ts';
import type { History } from '../../support/convergence/history.ts';
import { simulate } from '../../support/convergence/simulate.ts';

async function storyOf(history: History): Promise<string[]> {
  const lines: string[] = [];
  await simulate(history, { core: realCore, onLine: (line) => lines.push(line) });
  return lines;
}

describe('a history', () => {
  // Else a counterexample could neither be run again nor be made smaller.
  it('always goes the same way', async () => {
    for (const history of fc.sample(histories, { numRuns: 100, seed: 7 })) {
      expect(await storyOf(history)).toEqual(await storyOf(history));
    }
  });

  it('shares nothing with another that is simulated at the same time', async () => {
    const some = fc.sample(histories, { numRuns: 20, seed: 8 });
    const alone: string[][] = [];
    for (const history of some) alone.push(await storyOf(history));
    expect(await Promise.all(some.map(storyOf))).toEqual(alone);
  });
});
