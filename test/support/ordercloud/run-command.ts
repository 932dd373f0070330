import { CommandError } from '../../../cli/common/command-error.ts';
import type { CommandContext, Confirmation } from '../../../cli/common/context.ts';
import { checkedLines, checkedMessage, checkTold } from '../leaks/check.ts';
import { temporaryFolder } from '../temporary-folder.ts';

export type Options = {
  env: Record<string, string>;
  folder?: string;
  /** What is answered to the question; null: there is no terminal. Called with it, to change something meanwhile. */
  answer?: Confirmation | ((question: string) => Confirmation | Promise<Confirmation>) | null;
  /** What is typed where a secret is asked for; null is Ctrl-C, undefined that there is no terminal. */
  typed?: string | null;
  interrupt?: AbortController;
};

export type EndedCommand = {
  exitCode: number;
  /** Of a `CommandError`, as the terminal shows it. */
  error: string | null;
  stdout: string;
  stderr: string;
  questions: string[];
};

/** Runs a command in this process, by default without a terminal and in a folder of its own. */
export async function runAt(
  { env, folder, answer = null, typed, interrupt = new AbortController() }: Options,
  command: (at: CommandContext) => Promise<number>,
): Promise<EndedCommand> {
  const ended: EndedCommand = { exitCode: 0, error: null, stdout: '', stderr: '', questions: [] };
  const writeTo = (name: 'stdout' | 'stderr') =>
    checkedLines('command', (text: string | Uint8Array) => {
      ended[name] += text;
    });
  const note = (question: string) => {
    checkTold('command', question);
    ended.questions.push(question);
  };
  const ask = async (question: string): Promise<Confirmation> => {
    note(question);
    return typeof answer === 'function' ? answer(question) : (answer ?? 'no');
  };
  const askSecret = async (question: string) => {
    note(question);
    return typed ?? null;
  };
  try {
    ended.exitCode = await command({
      env,
      folder: folder ?? (await temporaryFolder()),
      stdout: { write: writeTo('stdout') },
      stderr: { isTTY: false, write: writeTo('stderr') } as never,
      ask: answer === null ? null : ask,
      askSecret: typed === undefined ? null : askSecret,
      interrupt: () => interrupt.signal,
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    ended.exitCode = error.exitCode;
    ended.error = checkedMessage(error);
  }
  return ended;
}
