import { printableJson } from '../../src/printable-json.ts';
import { CommandError } from '../support/command-error.ts';
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

/** The options that every command has. */
export type CommonFlags = { json?: true; cosmosPort?: number };

/** A wrong use of a command. */
export function misuse(message: string): CommandError {
  return new CommandError(message, { exitCode: 2 });
}

/** How an account is opened here. */
export function accountOptions(at: Surroundings, { cosmosPort }: CommonFlags) {
  const note = (line: string) => void at.stderr.write(`${line}\n`);
  return { env: at.env, folder: at.folder, cosmosPort, note };
}

/** Prints a value as JSON. */
export function writeJson(at: Surroundings, value: unknown): void {
  at.stdout.write(`${printableJson(value, 2)}\n`);
}
