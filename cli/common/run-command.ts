import { setMaxListeners } from 'node:events';
import { type Command, CommanderError } from 'commander';
import { StartError } from '../../local/start-error.ts';
import { printableLines } from '../../src/printable.ts';
import { CommandError, isAbort } from './command-error.ts';

const EXIT_CODES = `
Exit codes:
  0    done
  1    something failed, was refused, or differs
  2    wrong usage, or a setting is missing
  130  interrupted by Ctrl-C`;

/** Runs a command. A wrong use ends with exit code 2, a `CommandError` with its own, and Ctrl-C with 130. */
export async function runCommand(command: Command, args: readonly string[]): Promise<void> {
  process.stdout.on('error', endOnClosedPipe);
  process.on('SIGINT', () => {
    // A command that has written something listens, too, and says what.
    if (process.listenerCount('SIGINT') === 1) endInterrupted();
  });
  for (const each of [command, ...command.commands]) {
    each.exitOverride().showHelpAfterError('Add --help for the usage.');
  }
  command.addHelpText('afterAll', EXIT_CODES);
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else if (error instanceof CommandError || error instanceof StartError) {
      process.stderr.write(`error: ${printableLines(error.message)}\n`);
      process.exitCode = error instanceof CommandError ? error.exitCode : 1;
    } else if (isAbort(error)) return endInterrupted();
    else throw error;
  }
  exitWhenWritten();
}

function endInterrupted(): void {
  process.stderr.write('Interrupted.\n');
  process.exitCode = 130;
  exitWhenWritten();
}

/** What nobody waits for any more must not keep the process: a call to a store that does not answer, the app's timers. */
function exitWhenWritten(): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

/** The reader of a pipe (`| head`) may leave before all is written; that is no fault of the command. */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** The folder that relative paths are meant from: npm runs a script in the project's folder, wherever it was called. */
export function folderOfCaller(scripts: readonly string[], env = process.env): string {
  const { npm_lifecycle_event: script = '', INIT_CWD: folder } = env;
  return scripts.includes(script) && folder ? folder : process.cwd();
}

/**
 * From the call on, Ctrl-C aborts the signal instead of ending the process. Presses are not counted: a terminal,
 * npm and tsx can each deliver the same one.
 */
export function interruptSignal(): AbortSignal {
  const interrupt = new AbortController();
  // All calls under way listen to it.
  setMaxListeners(0, interrupt.signal);
  process.on('SIGINT', () => interrupt.abort());
  return interrupt.signal;
}
