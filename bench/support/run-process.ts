import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Report } from './report.ts';

/** Runs one bundled benchmark in a process of its own, with nothing of this one's loader, and takes its report. */
export async function runProcess(bundlePath: string): Promise<Report> {
  const child = fork(bundlePath, { execArgv: ['--expose-gc'] });
  let found: Report | undefined;
  child.once('message', (message) => {
    found = message as Report;
  });
  const [code] = await once(child, 'exit');
  if (code !== 0 || found === undefined) throw new Error(`The benchmark ended with ${code} and no report.`);
  return found;
}
