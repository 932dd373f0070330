import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { realCore } from '../../support/convergence/core.ts';
import { search } from '../../support/convergence/search.ts';
import { SIGHTINGS, type Sighting } from '../../support/convergence/sightings.ts';

// How the model works: test/support/convergence/README.md.

/** Histories for each of the two seeds. */
const RUNS = Number(process.env.CONVERGENCE_RUNS ?? 5_000);
const FIXED_SEED = 20261122;
const RANDOM_SEED = Number(process.env.CONVERGENCE_SEED ?? randomInt(2 ** 31));

/** Each sighting at least once in so many histories; rarer ones have a number of their own. */
const ONCE_IN = 100;
const RARER: Partial<Record<Sighting, number>> = {
  'a refused message, and its predecessor written': 250,
  'five races lost in a row': 2_500,
};
/** With fewer histories chance decides what is among them. */
const ENOUGH = 1_000;

describe('the stored state ends as the newest storable message says', { timeout: 600_000 }, () => {
  it.each([
    ['the fixed seed', FIXED_SEED],
    ['a random seed', RANDOM_SEED],
  ])('whatever happens to the messages, with %s (%i)', async (which, seed) => {
    console.log(`convergence: ${RUNS} histories with ${which}, CONVERGENCE_SEED=${seed}`);
    const sightings = new Map<Sighting, number>();
    const { histories, counterexample } = await search({ core: realCore, runs: RUNS, seed, sightings });
    if (counterexample !== null) {
      throw new Error(
        `History ${histories} of seed ${seed} does not converge. Made as small as can be, it goes:\n\n` +
          `${counterexample.story}\n\nAgain: CONVERGENCE_SEED=${seed} CONVERGENCE_RUNS=${histories} ` +
          'npx vitest run test/property/convergence/convergence.test.ts',
      );
    }
    expect(histories).toBe(RUNS);
    expect(tooRare(sightings)).toEqual([]);
  });
});

/** What the histories hardly held: then that they converge would prove little. */
function tooRare(sightings: ReadonlyMap<Sighting, number>): string[] {
  if (RUNS < ENOUGH) return [];
  return SIGHTINGS.flatMap((sighting) => {
    const seen = sightings.get(sighting) ?? 0;
    const expected = Math.floor(RUNS / (RARER[sighting] ?? ONCE_IN));
    return seen < expected ? [`${sighting}: ${seen} times in ${RUNS} histories`] : [];
  });
}
