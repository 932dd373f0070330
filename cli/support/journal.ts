import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { takeProcessLock } from '../../local/process-lock.ts';
import { CommandError } from './command-error.ts';
import { durationInWords } from './time-left.ts';

/** What a long run has done, kept in a file so that the next run goes on there. */
export type Journal<Entry> = {
  path: string;
  /** When the run began; before now, if an interrupted one is going on. */
  startedAt: string;
  /** What an interrupted run had done. */
  entries: readonly Entry[];
  /** What to say where an interrupted run is too old to go on with. */
  note: string | null;
  /** Resolves once the entry is in the file. */
  append(entry: Entry): Promise<void>;
  /** When all is done. */
  remove(): Promise<void>;
  /** Lets another run have the file; always to be called. */
  close(): void;
};

type JournalOptions<Schema extends z.ZodType> = {
  path: string;
  entry: Schema;
  /** What the run is of, such as `resync --all`, the API and the account: an interrupted run of something else is left alone. */
  subject: Readonly<Record<string, string>>;
  /** Begins anew, whatever is there. */
  restart: boolean;
  /** Begins anew, too, where the interrupted run began longer ago. */
  maxAgeMs?: number;
};

const Header = z.object({
  journal: z.literal(1),
  startedAt: z.iso.datetime(),
  subject: z.record(z.string(), z.string()),
});

/**
 * Opens the journal at a path; there is a file from the first entry on. A line of JSON each: an entry costs no more however long the run is, and
 * of a line that was cut off by a crash only that line is lost. Until it is closed, no other run can open it: each writes
 * the file anew from what it has read.
 * @throws CommandError when the file is of another run, in use, or no journal
 */
export async function openJournal<Schema extends z.ZodType>(
  options: JournalOptions<Schema>,
): Promise<Journal<z.infer<Schema>>> {
  const close = lockFile(options.path);
  try {
    return { ...(await readJournal(options)), close };
  } catch (error) {
    close();
    throw error;
  }
}

async function readJournal<Schema extends z.ZodType>({
  path,
  entry,
  subject,
  restart,
  maxAgeMs = Number.POSITIVE_INFINITY,
}: JournalOptions<Schema>): Promise<Omit<Journal<z.infer<Schema>>, 'close'>> {
  const former = restart ? [] : await linesOf(path);
  const header = former.length === 0 ? null : headerOf(former[0] ?? '', path, subject);
  const age = header === null ? 0 : Date.now() - Date.parse(header.startedAt);
  const [found, lines] = age > maxAgeMs ? [null, []] : [header, former];
  const entries: z.infer<Schema>[] = [];
  for (const line of lines.slice(1)) {
    const read = entry.safeParse(parsed(line));
    if (!read.success) break;
    entries.push(read.data);
  }
  const startedAt = found?.startedAt ?? new Date().toISOString();
  let isBegun = false;
  return {
    path,
    startedAt,
    entries,
    note:
      header !== null && found === null
        ? `Beginning anew: the run kept in ${path} began ${durationInWords(age)} ago, and what it found may be so no longer.`
        : null,
    append(added) {
      if (isBegun) return fileAccess(path, () => appendFile(path, toLine(added)));
      isBegun = true;
      // The first time all is written anew, so that nothing comes after a line that was cut off.
      const lines = [{ journal: 1, startedAt, subject }, ...entries, added].map(toLine);
      return fileAccess(path, () => writeFile(path, lines.join(''), { mode: 0o600 }));
    },
    remove: () => fileAccess(path, () => rm(path, { force: true })),
  };
}

/** The lock is a file beside it. Returns the function that gives it back. */
function lockFile(path: string): () => void {
  const lockPath = `${path}.lock`;
  const lock = tried(path, () => takeProcessLock(lockPath));
  if ('release' in lock) return lock.release;
  throw new CommandError(
    `${path} is in use by process ${lock.heldBy}: another run of this command. Name another file with --progress, or wait for its end. If there is no such run, delete ${lockPath}.`,
  );
}

function tried<Result>(path: string, access: () => Result): Result {
  try {
    return access();
  } catch (error) {
    throw unusable(path, error);
  }
}

async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw unusable(path, error);
  });
  return text.split('\n').filter((line) => line !== '');
}

function headerOf(line: string, path: string, subject: Readonly<Record<string, string>>) {
  const header = Header.safeParse(parsed(line));
  if (!header.success) {
    throw new CommandError(`${path} is no progress file of this program. Name another with --progress.`, {
      exitCode: 2,
    });
  }
  const names = new Set([...Object.keys(subject), ...Object.keys(header.data.subject)]);
  const other = [...names].find((name) => header.data.subject[name] !== subject[name]);
  if (other === undefined) return header.data;
  const value = (of: Readonly<Record<string, string>>) => of[other] || 'none';
  throw new CommandError(
    `${path} keeps an interrupted run with another ${other} (${value(header.data.subject)}, now ${value(subject)}). Name another file with --progress, or begin anew with --restart.`,
    { exitCode: 2 },
  );
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

async function fileAccess(path: string, access: () => Promise<void>): Promise<void> {
  await access().catch((error: unknown) => {
    throw unusable(path, error);
  });
}

function unusable(path: string, error: unknown): CommandError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new CommandError(
    `The progress file ${path} cannot be used (${code}). Name another with --progress.`,
    {
      cause: error,
    },
  );
}
