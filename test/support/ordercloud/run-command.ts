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

/** The surroundings of a command without a process, with all that it writes. */
export function surroundings({ env, folder, answer = null, typed, interrupt }: Options) {
  const written = { stdout: '', stderr: '' };
  const questions: string[] = [];
  const writeTo = (name: keyof typeof written) =>
    checkedLines('command', (text: string | Uint8Array) => {
      written[name] += text;
    });
  const note = (question: string) => {
    checkTold('command', question);
    questions.push(question);
  };
  const ask = async (question: string): Promise<Confirmation> => {
    note(question);
    return typeof answer === 'function' ? answer(question) : (answer ?? 'no');
  };
  const askSecret = async (question: string) => {
    note(question);
    return typed ?? null;
  };
  const at: CommandContext = {
    env,
    folder: folder ?? '/nowhere',
    stdout: { write: writeTo('stdout') },
    stderr: { isTTY: false, write: writeTo('stderr') } as never,
    ask: answer === null ? null : ask,
    askSecret: typed === undefined ? null : askSecret,
    interrupt: () => (interrupt ?? new AbortController()).signal,
  };
  return { at, written, questions };
}

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
  options: Options,
  command: (at: CommandContext) => Promise<number>,
): Promise<EndedCommand> {
  const folder = options.folder ?? (await temporaryFolder());
  const { at, written, questions } = surroundings({ ...options, folder });
  try {
    return { exitCode: await command(at), error: null, ...written, questions };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { exitCode: error.exitCode, error: checkedMessage(error), ...written, questions };
  }
}
