import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { checkedLines } from './leaks/check.ts';

/** The program's launcher. */
export const PROGRAM = join(import.meta.dirname, '../../cli/ordercloud-product-sync.mjs');

export type Ended = { code: number | null; stdout: string; stderr: string };

type Options = {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** What starts it: by default its launcher. */
  program?: string;
};

/** Starts the command line program in a process of its own, without a terminal and the tester's own settings. */
export function startProgram(
  args: readonly string[],
  { env, cwd, program = PROGRAM }: Options = {},
): { child: ChildProcessByStdio<null, Readable, Readable>; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const output of [child.stdout, child.stderr]) output.on('data', checkedLines('command'));
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { child, ended: ended.then(([stdout, stderr, [code]]) => ({ code, stdout, stderr })) };
}

/** Runs it to its end. */
export function runProgram(args: readonly string[], options?: Options): Promise<Ended> {
  return startProgram(args, options).ended;
}
