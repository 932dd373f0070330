import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { OrderCloudSurroundings } from '../../../cli/ordercloud/surroundings.ts';
import { CommandError } from '../../../cli/support/command-error.ts';

export type Ended = {
  exitCode: number;
  /** Of a `CommandError`, as the terminal shows it. */
  error: string | null;
  stdout: string;
  stderr: string;
};

export type RunOptions = {
  env: Record<string, string>;
  folder?: string;
  ask?: OrderCloudSurroundings['ask'];
  interrupt?: AbortSignal;
};

/** A folder that is removed with the test. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ordercloud-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Runs a command in this process, by default without a terminal, and gives how it ended and what it wrote. */
export async function runAt(
  { env, folder, ask = null, interrupt = new AbortController().signal }: RunOptions,
  command: (at: OrderCloudSurroundings) => Promise<number>,
): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const note = (stream: keyof typeof written, text: string | Uint8Array) => {
    written[stream] += Buffer.from(text).toString();
  };
  const at: OrderCloudSurroundings = {
    env,
    folder: folder ?? (await emptyFolder()),
    stdout: { write: (text) => note('stdout', text) },
    stderr: { isTTY: false, write: (text: string) => note('stderr', text) } as unknown as NodeJS.WriteStream,
    ask,
    askSecret: null,
    interrupt: () => interrupt,
  };
  try {
    return { exitCode: await command(at), error: null, ...written };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { exitCode: error.exitCode, error: error.message, ...written };
  }
}
