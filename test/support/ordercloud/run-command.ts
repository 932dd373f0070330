import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { CommandError } from '../../../cli/common/command-error.ts';
import type { CommandContext } from '../../../cli/common/context.ts';
import { checkedMessage } from '../leaks/check.ts';
import { type Options, surroundings } from './command.ts';

export type Ended = {
  exitCode: number;
  /** Of a `CommandError`, as the terminal shows it. */
  error: string | null;
  stdout: string;
  stderr: string;
  questions: string[];
};

/** A folder that is removed with the test. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ordercloud-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Runs a command in this process, by default without a terminal and in a folder of its own. */
export async function runAt(
  options: Options,
  command: (at: CommandContext) => Promise<number>,
): Promise<Ended> {
  const folder = options.folder ?? (await emptyFolder());
  const { at, written, questions } = surroundings({ ...options, folder });
  try {
    return { exitCode: await command(at), error: null, ...written, questions };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { exitCode: error.exitCode, error: checkedMessage(error), ...written, questions };
  }
}
