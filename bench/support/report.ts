import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Figure } from './results.ts';

/** Runs a benchmark in its process, and hands what it found to `run.ts`. A failure ends the process with an error. */
export async function report(measure: () => Promise<Figure[]>): Promise<void> {
  const found = await measure();
  process.send?.(found, () => process.disconnect());
}

/**
 * Runs one benchmark in a process of its own and takes its figures: a bundled one with nothing of this process's
 * loader, a source file with it.
 */
export async function runBenchmark(file: string): Promise<Figure[]> {
  const child = fork(file, { execArgv: file.endsWith('.ts') ? process.execArgv : ['--expose-gc'] });
  let found: Figure[] | undefined;
  child.once('message', (message) => {
    found = message as Figure[];
  });
  const [code] = await once(child, 'exit');
  if (code !== 0 || found === undefined) throw new Error(`The benchmark ended with ${code} and no figures.`);
  return found;
}
