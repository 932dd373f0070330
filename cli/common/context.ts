import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { localCosmosConnectionString } from '../../local/defaults.ts';
import { readLocalSettings, readUserSettings, withoutBlanks } from '../../local/settings.ts';
import { printableJson } from '../../src/printable.ts';
import { interrupted, usageError } from './command-error.ts';
import { interruptSignal } from './run-command.ts';

type AskOptions = { isSecret?: true; input?: NodeJS.ReadableStream; output?: NodeJS.WritableStream };

/** What a command gets from its process, or from a test. */
export type CommandContext = {
  env: NodeJS.ProcessEnv;
  /** What paths are relative to, and where local.settings.json may be. */
  folder: string;
  stdout: { write(text: string | Uint8Array): unknown; columns?: number; isTTY?: boolean };
  stderr: NodeJS.WriteStream;
  /** Asks for a line, null on Ctrl-C; itself null where there is no terminal to ask at. */
  ask: ((question: string, options?: AskOptions) => Promise<string | null>) | null;
  /** From the call on, Ctrl-C aborts the signal instead of ending the process. */
  interrupt: () => AbortSignal;
};

/** The context of this process. */
export function processContext(folder: string = process.cwd()): CommandContext {
  return {
    env: process.env,
    folder,
    stdout: process.stdout,
    stderr: process.stderr,
    // Questions go to standard error. Nobody could answer what a file or a pipe gets.
    ask: process.stdin.isTTY && process.stderr.isTTY ? askAtTerminal : null,
    interrupt: interruptSignal,
  };
}

/** The environment over local.settings.json, without blanks; as the app's own settings are read. */
export async function givenSettings({
  env,
  folder,
}: Pick<CommandContext, 'env' | 'folder'>): Promise<Record<string, string>> {
  const inFile = await readUserSettings(folder);
  const { COSMOS_CONNECTION_STRING: account } = await readLocalSettings(folder);
  // A local account elsewhere is named on purpose. Where the local stack's own is, commands know.
  const isElsewhere = account !== undefined && account !== localCosmosConnectionString();
  const fromFile = { ...inFile, ...(isElsewhere && { COSMOS_CONNECTION_STRING: account }) };
  return { ...withoutBlanks(fromFile), ...withoutBlanks(env) };
}

/** Lets commander call the work of a command, with a context, and makes its result the exit code. */
export function exitWith<Given extends unknown[]>(
  work: (...given: [...Given, CommandContext]) => Promise<number>,
) {
  return async (...given: [...Given, Command]): Promise<void> => {
    const withoutCommand = given.slice(0, -1) as Given;
    process.exitCode = await work(...withoutCommand, processContext());
  };
}

/** Prints a command's result: text for people as it is, anything else as JSON. */
export function print({ stdout }: Pick<CommandContext, 'stdout'>, result: unknown): void {
  stdout.write(`${typeof result === 'string' ? result : printableJson(result, 2)}\n`);
}

/** Refuses at the beginning what nobody could agree to later. `what` says what asks: `put asks first`. */
export function requireTerminal(
  { ask }: Pick<CommandContext, 'ask'>,
  { yes, dryRun }: { yes?: true; dryRun?: true },
  what: string,
): void {
  if (yes || dryRun || ask !== null) return;
  throw usageError(`${what}, and there is no terminal to ask at: pass --yes.`);
}

/** Asks before a command does anything. If the user does not agree, it says `undone`. @throws CommandError on Ctrl-C */
export async function askFirst(context: CommandContext, question: string, undone: string): Promise<boolean> {
  const isYes = await isAgreed(context, question, undone);
  if (!isYes) context.stderr.write(`${undone}\n`);
  return isYes;
}

/** Whether the user agrees; anything but `y` or `yes` is no. @throws CommandError on Ctrl-C, which says `undone` */
export async function isAgreed(
  { ask }: Pick<CommandContext, 'ask'>,
  question: string,
  undone: string,
): Promise<boolean> {
  const answer = await ask?.(`${question} [y/N] `);
  if (answer === null) throw interrupted(undone);
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

export type WantedSecret = {
  /** The environment variable that holds it otherwise. */
  variable: string;
  /** Such as `API key of Sitecore Search`. */
  what: string;
};

/** Asks for a secret that the environment lacks. */
export async function askForSecret(
  { ask }: Pick<CommandContext, 'ask'>,
  { variable, what }: WantedSecret,
): Promise<string> {
  if (ask === null) {
    throw usageError(`${variable} is not set, and there is no terminal to ask at. It is the ${what}.`);
  }
  const answer = await ask(`The ${what} (not shown): `, { isSecret: true });
  if (answer === null) throw interrupted('Nothing was changed.');
  if (answer.trim() === '') throw usageError(`Nothing was given. Set ${variable}, or run the command again.`);
  return answer.trim();
}

/** Asks on standard error, because standard output belongs to the result. Null on Ctrl-C and Ctrl-D. */
export function askAtTerminal(question: string, options: AskOptions = {}): Promise<string | null> {
  const { isSecret, input = process.stdin, output = process.stderr } = options;
  return new Promise((resolve) => {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const shown = isSecret ? nowhere : output;
    const terminal = createInterface({ input, output: shown, terminal: isSecret, prompt: question });
    terminal.prompt();
    // Only now that nothing is echoed any more, so that nobody sees what is typed ahead.
    if (isSecret) output.write(question);
    let answer: string | null = null;
    terminal.on('SIGINT', () => terminal.close());
    terminal.on('line', (line) => {
      answer = line;
      terminal.close();
    });
    terminal.on('close', () => {
      if (isSecret || answer === null) output.write('\n');
      resolve(answer);
    });
  });
}
