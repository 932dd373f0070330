import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Report } from './report.ts';

/**
 * Runs one benchmark in a process of its own and takes its report: a bundled one with nothing of this process's
 * loader, a source file with it.
 */
export async function runProcess(file: string): Promise<Report> {
  const child = fork(file, { execArgv: file.endsWith('.ts') ? process.execArgv : ['--expose-gc'] });
  let found: Report | undefined;
  child.once('message', (message) => {
    found = message as Report;
  });
  const [code] = await once(child, 'exit');
  if (code !== 0 || found === undefined) throw new Error(`The benchmark ended with ${code} and no report.`);
  return found;
}
