import { CommandError } from '../../cli/common/command-error.ts';
import type { CommandContext } from '../../cli/common/context.ts';
import { checkedLines, checkedMessage, checkTold } from './leaks/check.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type Confirmation = 'yes' | 'no' | 'interrupted';

export type Options = {
  env: NodeJS.ProcessEnv;
  folder?: string;
  /** What is answered to the question; null: there is no terminal. Called with it, to change something meanwhile. */
  answer?: Confirmation | ((question: string) => Confirmation | Promise<Confirmation>) | null;
  /** What is typed where a secret is asked for; null is Ctrl-C. */
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
  const ask: CommandContext['ask'] = async (question, { isSecret } = {}) => {
    checkTold('command', question);
    told.questions.push(question.replace(' [y/N] ', ''));
    if (isSecret) return typed ?? null;
    const confirmation = typeof answer === 'function' ? await answer(question) : answer;
    return confirmation === 'interrupted' ? null : confirmation;
  };
  const ended = await command({
    env,
    folder: folder ?? (await temporaryFolder()),
    stdout: { ...terminal, write: writeTo('stdout') },
    stderr: { isTTY: false, write: writeTo('stderr') } as never,
    ask: answer === null && typed === undefined ? null : ask,
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
