import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { checkedLines } from '../leaks/check.ts';

const TSX = createRequire(import.meta.url).resolve('tsx');
const MAIN = join(import.meta.dirname, '../../../cli/main.ts');

/** Tests run side by side: each on a free port, unless it names another. */
const PORTS = ['--cosmos-port', '0', '--event-hubs-port', '0'];

/** The program's `start`, in a project's folder and in a process group of its own. */
export type StartedProcess = {
  /** Waits for text on standard output; rejects when the process ends without it. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** How it ended and all that it printed. */
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** Signals the whole group, as a terminal does with Ctrl-C. */
  signal(name: NodeJS.Signals): void;
  /**
   * Resolves once no process of the group is left; rejects after two seconds. A helper of tsx outlives the
   * process that ended by a moment, until the system has reaped it.
   */
  gone(): Promise<void>;
};

/** Starts it without npm. */
export function startProcess(folder: string, ...args: string[]): StartedProcess {
  return observe(run(process.execPath, ['--import', TSX, MAIN, 'start', ...PORTS, ...args], folder));
}

function run(command: string, args: string[], cwd: string) {
  // Not with the tester's own settings, which may name a real account.
  const child = spawn(command, args, { cwd, detached: true, env: { PATH: process.env.PATH } });
  // A test that fails half-way must leave nothing behind either.
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

function observe(child: ReturnType<typeof run>): StartedProcess {
  const group = -(child.pid ?? Number.NaN);
  const output = { stdout: collect(child, 'stdout'), stderr: collect(child, 'stderr') };
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    stdout: output.stdout(),
    stderr: output.stderr(),
  }));
  return {
    ended,
    async printed(pattern) {
      for (;;) {
        const match = pattern.exec(output.stdout());
        if (match) return match;
        const end = await Promise.race([ended, once(child.stdout, 'data')]);
        if ('code' in end) throw new Error(`ended without ${pattern}: ${end.stdout}${end.stderr}`);
      }
    },
    signal: (name) => process.kill(group, name),
    gone: () => vi.waitFor(() => expect(() => process.kill(group, 0)).toThrow('ESRCH'), 2_000),
  };
}

function collect(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  let text = '';
  const add = checkedLines('log', (chunk: string) => {
    text += chunk;
  });
  child[name]?.setEncoding('utf8').on('data', add);
  return () => text;
}
