import fc from 'fast-check';
import { histories } from './generate.ts';
import { simulate } from './simulate.ts';
import type { SimulationOptions } from './world.ts';

export type Search = Omit<SimulationOptions, 'onLine'> & {
  runs: number;
  seed: number;
  /** Whether a history that fails is made as small as can be. On unless asked otherwise: it takes seconds. */
  shrink?: boolean;
};

/** What a search came to. */
export type Found = {
  /** How many histories were tried, the failing one included. */
  histories: number;
  /** Null when every history converged. */
  counterexample: { property: string; story: string } | null;
};

/** Looks for a history that breaks a property. */
export async function search({ runs, seed, shrink = true, ...options }: Search): Promise<Found> {
  const property = fc.asyncProperty(histories, async (history) => {
    const violation = await simulate(history, options);
    if (violation !== null) throw violation;
  });
  const result = await fc.check(property, { numRuns: runs, seed, endOnFailure: !shrink });
  if (!result.failed) return { histories: result.numRuns, counterexample: null };

  const [history] = result.counterexample ?? [];
  const cause = result.errorInstance;
  if (history === undefined) throw new Error('The search failed without a history that fails.', { cause });
  const lines: string[] = [];
  const violation = await simulate(history, { ...options, onLine: (line) => lines.push(line) });
  if (violation === null) {
    throw new Error('A history does not fail again: the simulation is not deterministic.', { cause });
  }
  return {
    histories: result.numRuns,
    counterexample: {
      property: violation.property,
      story: `${lines.join('\n')}\n\n${violation.message}`,
    },
  };
}
