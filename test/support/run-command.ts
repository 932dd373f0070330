import { CommandError } from '../../cli/common/command-error.ts';
import type { CommandContext, Confirmation } from '../../cli/common/context.ts';
import { checkedLines, checkedMessage, checkTold } from './leaks/check.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type Options = {
  env: NodeJS.ProcessEnv;
  folder?: string;
  /** What is answered to the question; null: there is no terminal. Called with it, to change something meanwhile. */
  answer?: Confirmation | ((question: string) => Confirmation | Promise<Confirmation>) | null;
  /** What is typed where a secret is asked for; null is Ctrl-C, undefined that there is no terminal. */
  typed?: string | null;
  interrupt?: AbortController;
  /** What standard output is written to. */
  terminal?: { columns?: number; isTTY?: true };
};

/** Runs a command in this process, by default without a terminal and in a folder of its own. */
export async function runAt(
  { env, folder, answer = null, typed, interrupt = new AbortController(), terminal }: Options,
  command: (at: CommandContext) => Promise<number>,
) {
  const told = { stdout: '', stderr: '', questions: [] as string[] };
  const writeTo = (name: 'stdout' | 'stderr') =>
    checkedLines('command', (text: string | Uint8Array) => {
      told[name] += Buffer.from(text as string);
    });
  const note = (question: string) => {
    checkTold('command', question);
    told.questions.push(question);
  };
  const ask = async (question: string): Promise<Confirmation> => {
    note(question);
    return typeof answer === 'function' ? answer(question) : (answer ?? 'no');
  };
  const askSecret = async (question: string) => {
    note(question);
    return typed ?? null;
  };
  const ended = await command({
    env,
    folder: folder ?? (await temporaryFolder()),
    stdout: { ...terminal, write: writeTo('stdout') },
    stderr: { isTTY: false, write: writeTo('stderr') } as never,
    ask: answer === null ? null : ask,
    askSecret: typed === undefined ? null : askSecret,
    interrupt: () => interrupt.signal,
  }).then(
    (exitCode) => ({ exitCode, error: null }),
    (error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      return { exitCode: error.exitCode, error: checkedMessage(error) };
    },
  );
  return { ...ended, ...told };
}
