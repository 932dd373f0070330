import { type ChildProcess, fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { realCore } from '../../support/convergence/core.ts';
import { type Found, search } from '../../support/convergence/search.ts';

// `npm run test:soak`: the convergence test with very many histories, in as many processes as there are cores.
// CONVERGENCE_RUNS (1,000,000), CONVERGENCE_SEED (the first of its seeds; random) and CONVERGENCE_WORKERS change it.

/** One process's piece of work; each has a seed of its own. */
type Portion = { seed: number; runs: number };

const PORTION = 5_000;

if (process.send === undefined) await lead();
else {
  process.on('message', async ({ seed, runs }: Portion) => {
    process.send?.(await search({ core: realCore, seed, runs }));
  });
}

async function lead(): Promise<void> {
  const runs = Number(process.env.CONVERGENCE_RUNS ?? 1_000_000);
  const seed = Number(process.env.CONVERGENCE_SEED ?? randomInt(2 ** 30));
  const workers = Number(process.env.CONVERGENCE_WORKERS ?? availableParallelism());
  const portions = portionsOf(runs, seed);
  console.log(`${runs} histories from CONVERGENCE_SEED=${seed} on, in ${workers} processes`);

  const began = Date.now();
  let done = 0;
  const children = Array.from({ length: workers }, () => fork(import.meta.filename));
  const onFound = (found: Found, portion: Portion) => {
    if (found.counterexample !== null) fail(found, portion, children);
    const before = done;
    done += found.histories;
    const tenths = (count: number) => Math.floor((count / runs) * 20);
    if (tenths(done) === tenths(before)) return;
    const rate = Math.round(done / ((Date.now() - began) / 1_000));
    console.log(`${done} of ${runs} histories converge (${rate} a second)`);
  };
  await Promise.all(children.map((child) => work(child, portions, onFound)));
  for (const child of children) child.disconnect();
}

function portionsOf(runs: number, seed: number): Portion[] {
  return Array.from({ length: Math.ceil(runs / PORTION) }, (_, index) => ({
    seed: seed + index,
    runs: Math.min(PORTION, runs - index * PORTION),
  }));
}

/** Keeps one process busy until no portion is left. */
function work(
  child: ChildProcess,
  portions: Portion[],
  onFound: (found: Found, portion: Portion) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let portion: Portion | undefined;
    const next = () => {
      portion = portions.shift();
      if (portion === undefined) resolve();
      else child.send(portion);
    };
    child.on('message', (found: Found) => {
      if (portion !== undefined) onFound(found, portion);
      next();
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`A process of the soak ended with ${code}; see above.`)));
    next();
  });
}

function fail({ histories, counterexample }: Found, { seed }: Portion, children: ChildProcess[]): never {
  console.error(
    `History ${histories} of CONVERGENCE_SEED=${seed} does not converge:\n\n${counterexample?.story}`,
  );
  for (const child of children) child.kill();
  process.exit(1);
}
