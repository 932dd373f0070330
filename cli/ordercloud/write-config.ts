import { CommandError, interrupted, isAbort } from '../common/command-error.ts';
import { askFirst, type CommandContext, print } from '../common/context.ts';
import type { OrderCloudApi } from './api.ts';
import { changeLines, changesBetween, type Model, type ModelChange } from './model.ts';
import { isUncertain, OrderCloudError } from './ordercloud-error.ts';

/** The options of every command that writes to OrderCloud. */
export type WriteFlags = { dryRun?: true; yes?: true; json?: true };

/** One of OrderCloud's configurations, and what to change in it. */
export type ConfigPart = {
  /** Such as `delivery configuration "product-sync"`. */
  name: string;
  /** As it was read; null where there is none. */
  present: Model | null;
  changes: readonly ModelChange[];
  read: () => Promise<Model | null>;
  write: () => Promise<unknown>;
};

export type ConfigWrite = {
  context: CommandContext;
  api: OrderCloudApi;
  flags: WriteFlags;
  /** In the order of writing. */
  parts: readonly ConfigPart[];
  /** What is shown before anything is written; to standard error with --json. */
  text: string;
  /** Null does not ask. */
  question: string | null;
  /** What is said at the end. */
  done: string;
  /** What --json prints besides where it is, and whether it was written. */
  result: object;
};

/** Shows the changes, asks, checks that nobody else has made changes, and writes. Resolves to the exit code. */
export async function writeConfig(run: ConfigWrite): Promise<number> {
  const { context, api, flags, text, question, done } = run;
  const parts = run.parts.filter(({ changes }) => changes.length > 0);
  const isWritten = parts.length > 0 && !flags.dryRun;
  if (!flags.json) context.stdout.write(text);
  else if (isWritten) context.stderr.write(text);
  if (isWritten) {
    const mayWrite = flags.yes || question === null;
    if (!mayWrite && !(await askFirst(context, question, 'Nothing was changed.'))) return 1;
    await writeParts(run, parts);
  }
  const last = parts.length === 0 ? 'Nothing to change.' : 'A dry run: nothing was changed.';
  if (flags.json) print(context, { api: api.baseUrl, written: isWritten, ...run.result });
  else print(context, isWritten ? done : last);
  return 0;
}

/** @throws CommandError that says exactly what was saved and what was not */
async function writeParts(run: ConfigWrite, parts: readonly ConfigPart[]): Promise<void> {
  let saved = 0;
  let isSent = false;
  try {
    await requireUnchanged(run.parts);
    for (const { write } of parts) {
      isSent = !run.api.signal.aborted;
      await write();
      isSent = false;
      saved += 1;
    }
  } catch (error) {
    if (isAbort(error)) throw interrupted(stateText(parts, saved, isSent), error);
    if (!(error instanceof OrderCloudError)) throw error;
    const state = stateText(parts, saved, isSent && isUncertain(error));
    throw new CommandError(`${error.message} ${state}`, { cause: error });
  }
}

/** Somebody else may have edited it before the question was answered. */
async function requireUnchanged(parts: readonly ConfigPart[]): Promise<void> {
  const changes: ModelChange[] = [];
  for (const { present, read } of parts) changes.push(...changesBetween(present, await read()));
  if (changes.length === 0) return;
  throw new CommandError(
    `Somebody else has changed it meanwhile; nothing was written. Run the command again.\n${changeLines(changes).join('\n')}`,
  );
}

/** What is saved and what is not, after the part at `saved` could not be written. */
function stateText(parts: readonly ConfigPart[], saved: number, isUnknown: boolean): string {
  if (saved === 0 && !isUnknown) return 'Nothing was changed.';
  const sentences = parts.map(({ name }, at) => {
    if (at < saved) return `The ${name} was saved.`;
    if (at > saved || !isUnknown) return `The ${name} was not touched.`;
    return `It is not known whether the ${name} was changed.`;
  });
  return [...sentences, 'Run the same command again: it does what is left.'].join(' ');
}
