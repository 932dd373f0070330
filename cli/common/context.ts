import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { localCosmosConnectionString } from '../../local/defaults.ts';
import { readLocalSettings, readUserSettings, withoutBlanks } from '../../local/settings.ts';
import { printableJson } from '../../src/printable.ts';
import { interrupted, usageError } from './command-error.ts';
import { interruptSignal } from './run-command.ts';

/** The answer to a question: `interrupted` by Ctrl-C. */
export type Confirmation = 'yes' | 'no' | 'interrupted';

/** What a command gets from its process, or from a test. */
export type CommandContext = {
  env: NodeJS.ProcessEnv;
  /** What paths are relative to, and where local.settings.json may be. */
  folder: string;
  stdout: { write(text: string | Uint8Array): unknown; columns?: number; isTTY?: boolean };
  stderr: NodeJS.WriteStream;
  /** Asks a question; null where there is no terminal to ask at. */
  ask: ((question: string) => Promise<Confirmation>) | null;
  /** Asks for a secret without an echo, null on Ctrl-C; itself null where there is no terminal. */
  askSecret: ((question: string) => Promise<string | null>) | null;
  /** From the call on, Ctrl-C aborts the signal instead of ending the process. */
  interrupt: () => AbortSignal;
};

/** The context of this process. */
export function processContext(folder: string = process.cwd()): CommandContext {
  const isTerminal = process.stdin.isTTY;
  return {
    env: process.env,
    folder,
    stdout: process.stdout,
    stderr: process.stderr,
    ask: isTerminal ? confirmAtTerminal : null,
    askSecret: isTerminal ? askSecretAtTerminal : null,
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

type Question = {
  /** Whether to go on without asking: `--yes`. */
  yes: boolean | undefined;
  question: string;
  /** What to say if the answer is not yes. */
  refused: string;
};

/** Asks the user. Null to go on, or the exit code of a command that is to do nothing. */
export async function askFirst(
  { ask, stderr }: CommandContext,
  { yes, question, refused }: Question,
): Promise<number | null> {
  const answer = yes ? 'yes' : ((await ask?.(question)) ?? 'no');
  if (answer === 'yes') return null;
  stderr.write(`${refused}\n`);
  return answer === 'interrupted' ? 130 : 1;
}

export type WantedSecret = {
  /** The environment variable that holds it otherwise. */
  variable: string;
  /** Such as `API key of Sitecore Search`. */
  what: string;
};

/** Asks for a secret that the environment lacks. */
export async function askForSecret(
  { askSecret }: Pick<CommandContext, 'askSecret'>,
  { variable, what }: WantedSecret,
): Promise<string> {
  if (askSecret === null) {
    throw usageError(`${variable} is not set, and there is no terminal to ask at. It is the ${what}.`);
  }
  const answer = await askSecret(`The ${what} (not shown): `);
  if (answer === null) throw interrupted('Nothing was changed.');
  if (answer.trim() === '') throw usageError(`Nothing was given. Set ${variable}, or run the command again.`);
  return answer.trim();
}

/** Asks at the terminal; anything but `y` or `yes` is no. */
export async function confirmAtTerminal(question: string, terminal?: Terminal): Promise<Confirmation> {
  const answer = await readLine(`${question} [y/N] `, terminal);
  if (answer === null) return 'interrupted';
  return /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no';
}

/** Asks at the terminal and shows nothing of what is typed. */
export function askSecretAtTerminal(question: string, terminal?: Terminal): Promise<string | null> {
  return readLine(question, { ...terminal, isSecret: true });
}

type Terminal = { input?: NodeJS.ReadableStream; output?: NodeJS.WritableStream };

/** Null on Ctrl-C and Ctrl-D. On standard error, because standard output belongs to the result. */
function readLine(question: string, options: Terminal & { isSecret?: true } = {}): Promise<string | null> {
  const { input = process.stdin, output = process.stderr, isSecret } = options;
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
