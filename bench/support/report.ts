import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Figure } from './results.ts';

/** What a benchmark's process tells `run.ts`. */
export type Report = { figures: Figure[] };

/** Runs a benchmark in its process, and hands what it found to `run.ts`. A failure ends the process with an error. */
export async function report(measure: () => Promise<Report>): Promise<void> {
  const found = await measure();
  process.send?.(found, () => process.disconnect());
}

/**
 * Runs one benchmark in a process of its own and takes its report: a bundled one with nothing of this process's
 * loader, a source file with it.
 */
export async function runBenchmark(file: string): Promise<Report> {
  const child = fork(file, { execArgv: file.endsWith('.ts') ? process.execArgv : ['--expose-gc'] });
  let found: Report | undefined;
  child.once('message', (message) => {
    found = message as Report;
  });
  const [code] = await once(child, 'exit');
  if (code !== 0 || found === undefined) throw new Error(`The benchmark ended with ${code} and no report.`);
  return found;
}
