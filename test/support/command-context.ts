import type { CommandContext } from '../../cli/common/context.ts';
import { checkedLines } from './leaks/check.ts';

/** What a command runs in, without a terminal to ask at, and what it has written. */
export function recordingContext({
  terminal = {},
  ...given
}: Pick<CommandContext, 'env' | 'folder'> &
  Partial<Pick<CommandContext, 'ask' | 'interrupt'>> & { terminal?: { columns?: number; isTTY?: boolean } }) {
  const stdout: (string | Uint8Array)[] = [];
  const stderr: string[] = [];
  const context: CommandContext = {
    ask: null,
    askSecret: null,
    interrupt: () => new AbortController().signal,
    ...given,
    stdout: { ...terminal, write: checkedLines('command', (text) => stdout.push(text)) },
    stderr: {
      isTTY: false,
      write: checkedLines('command', (text: string) => stderr.push(text)),
    } as unknown as NodeJS.WriteStream,
  };
  return {
    context,
    stdout: () => Buffer.concat(stdout.map((part) => Buffer.from(part))).toString(),
    stderr: () => stderr.join(''),
  };
}
