import { printableJson } from '../../src/printable.ts';
import { CommandError } from './command-error.ts';
import type { Answer } from './confirm.ts';

/** The surroundings of a command; those of the process, or a test's. */
export type Surroundings = {
  env: NodeJS.ProcessEnv;
  /** The project, where local.settings.json may be. */
  folder: string;
  stdout: { write(text: string | Uint8Array): unknown; columns?: number; isTTY?: boolean };
  stderr: NodeJS.WriteStream;
  /** Asks a question; null where there is no terminal to ask at. */
  ask: ((question: string) => Promise<Answer>) | null;
  /** From the call on, Ctrl-C aborts the signal instead of ending the process. */
  interrupt: () => AbortSignal;
};

/** A wrong use of a command. */
export function misuse(message: string): CommandError {
  return new CommandError(message, { exitCode: 2 });
}

/** Prints a value as JSON. */
export function writeJson(at: Pick<Surroundings, 'stdout'>, value: unknown): void {
  at.stdout.write(`${printableJson(value, 2)}
`);
}
