import { describe, expect, it } from 'vitest';
import { BUGS, type Bug } from '../../support/convergence/bugs.ts';
import { bundleCore } from '../../support/convergence/bundle-core.ts';
import { realCore } from '../../support/convergence/core.ts';
import { search } from '../../support/convergence/search.ts';

// A test that cannot fail is a defect: here the search must fail, on the app with a bug sown in.

/** More than twice what the best hidden bug took with any of ten seeds. */
const HISTORIES = 2_000;
const SEED = 42;

const coreWith = async (bug: Bug) => ('source' in bug ? bundleCore(bug.source) : realCore);
const storeWith = (bug: Bug) => ('store' in bug ? { storeBug: bug.store } : {});

describe('the search', { timeout: 120_000 }, () => {
  it.each(BUGS)('finds: $name', async (bug) => {
    const options = {
      core: await coreWith(bug),
      ...storeWith(bug),
      runs: HISTORIES,
      seed: SEED,
      shrink: false,
    };
    expect((await search(options)).counterexample).not.toBeNull();
    // Also without looking at marks and acknowledgements on the way.
    const leftInTheEnd = await search({ ...options, endOnly: true });
    expect(leftInTheEnd.counterexample).not.toBeNull();
    expect(leftInTheEnd.counterexample?.property).not.toMatch(/acknowledged|marks/);
  });

  it('finds nothing in the same bundle without a bug', async () => {
    const { histories, counterexample } = await search({
      core: await bundleCore(),
      runs: HISTORIES,
      seed: SEED,
    });
    expect(counterexample).toBeNull();
    expect(histories).toBe(HISTORIES);
  });

  it('tells the smallest history as a story', async () => {
    const bug = BUGS.find(({ name }) => name === 'a refused newest hides its predecessor');
    if (bug === undefined) throw new Error('this bug is gone');
    const { counterexample } = await search({ core: await coreWith(bug), runs: HISTORIES, seed: SEED });
    expect(counterexample?.story).toMatch(/^m1: update of P1 to "Chemex"/);
    expect(counterexample?.story).toContain('update of P1 that the store refuses');
    expect(counterexample?.story).toMatch(/m\d superseded, m\d dead-lettered/);
    expect(counterexample?.story).toContain(
      'Broken: no message is acknowledged before its outcome is durable.',
    );
  });

  it('refuses to sow a bug where the source has changed', async () => {
    const gone = { file: 'sync/decide.ts', text: 'this text is not there', replacement: '' };
    await expect(bundleCore(gone)).rejects.toThrow('src/sync/decide.ts holds this text 0 times');
    const notInCore = { file: 'receive/answer.ts', text: 'export', replacement: '' };
    await expect(bundleCore(notInCore)).rejects.toThrow('src/receive/answer.ts is no part of the core');
  });
});
