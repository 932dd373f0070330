import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { checkedLines } from './leaks/check.ts';
import type { Telling } from './leaks/find-leak.ts';

/** The program's launcher. */
export const PROGRAM = join(import.meta.dirname, '../../cli/ordercloud-product-sync.mjs');

type Options = {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** What starts it: by default its launcher. */
  program?: string;
  /** As what its output is searched for leaks. */
  telling?: Telling;
};

/**
 * Starts the command line program in a process group of its own, without a terminal and the tester's own settings, which
 * may name a real account.
 */
export function startProgram(
  args: readonly string[],
  { env, cwd, program = PROGRAM, telling = 'command' }: Options = {},
) {
  const loader = program.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...loader, program, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // A test that fails half-way must leave nothing behind either.
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const group = -(child.pid ?? Number.NaN);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    const add = checkedLines(telling, (text: string) => {
      output[name] += text;
    });
    child[name].setEncoding('utf8').on('data', add);
  }
  const ended = once(child, 'close').then(([code]) => {
    process.off('exit', killAtExit);
    return { code: code as number | null, ...output };
  });
  return {
    child,
    /** How it ended and all that it printed. */
    ended,
    /** Waits for text on standard output; rejects when the process ends without it. */
    async printed(pattern: RegExp) {
      for (;;) {
        const match = pattern.exec(output.stdout);
        if (match) return match;
        const end = await Promise.race([ended, once(child.stdout, 'data')]);
        if ('code' in end) throw new Error(`ended without ${pattern}: ${end.stdout}${end.stderr}`);
      }
    },
    /** Signals the whole group, as a terminal does with Ctrl-C. */
    signal: (name: NodeJS.Signals) => process.kill(group, name),
    /**
     * Resolves once no process of the group is left; rejects after two seconds. A helper of tsx outlives the
     * process that ended by a moment, until the system has reaped it.
     */
    gone: () => vi.waitFor(() => expect(() => process.kill(group, 0)).toThrow('ESRCH'), 2_000),
  };
}

/** Runs it to its end. */
export function runProgram(args: readonly string[], options?: Options) {
  return startProgram(args, options).ended;
}

/** Starts `start` in a project's folder. Tests run side by side: each on free ports, unless it names others. */
export function startLocalStack(folder: string, ...args: string[]) {
  const ports = ['--cosmos-port', '0', '--event-hubs-port', '0'];
  return startProgram(['start', ...ports, ...args], { cwd: folder, telling: 'log' });
}
