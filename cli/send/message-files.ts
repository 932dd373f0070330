import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { CommandError } from '../common/command-error.ts';

/** A file that holds messages. */
export type MessageFile = {
  path: string;
  /** The path as people see it. */
  source: string;
  /** One message per line, told by the extension. */
  isLines: boolean;
  bytes: number;
};

/** Finds the files behind `paths`, given relative to `folder`: in the order given, and inside folders by name. */
export async function findMessageFiles(paths: readonly string[], folder: string): Promise<MessageFile[]> {
  const files: MessageFile[] = [];
  for (const given of paths) {
    const path = resolve(folder, given);
    const info = await readable(given, () => stat(path));
    if (info.isDirectory()) files.push(...(await filesBelow(path, folder)));
    else if (!info.isFile()) throw new CommandError(`${given} is neither a file nor a folder.`);
    else if (!isNoMessage(path)) files.push(fileAt(path, folder, info.size));
  }
  return files;
}

/** Runs an operation on a file; a failure becomes one line that names the file. */
async function readable<T>(name: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw asReadError(name, error);
  }
}

/** A failure of the file system as a `CommandError`; anything else is a defect, and stays as it is. */
export function asReadError(name: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return error;
  const code = String(error.code);
  return new CommandError(`Cannot read ${name}: ${REASONS[code] ?? code}.`, { cause: error });
}

async function filesBelow(directory: string, folder: string): Promise<MessageFile[]> {
  const name = relative(folder, directory) || '.';
  const entries = await readable(name, () => readdir(directory, { withFileTypes: true }));
  const files: MessageFile[] = [];
  for (const entry of entries.sort(byCodeUnit)) {
    const path = join(directory, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) files.push(...(await filesBelow(path, folder)));
    else if (holdsMessages(entry.name)) {
      const info = await readable(relative(folder, path), () => stat(path));
      if (info.isFile()) files.push(fileAt(path, folder, info.size));
    }
  }
  return files;
}

function fileAt(path: string, folder: string, bytes: number): MessageFile {
  return { path, source: relative(folder, path), isLines: /\.(ndjson|jsonl)$/i.test(path), bytes };
}

/** Of a link to a folder nothing is read: links can form a circle. */
function holdsMessages(name: string): boolean {
  return /\.(json|ndjson|jsonl)$/i.test(name) && !isNoMessage(name);
}

/**
 * What samples have beside messages, also when a shell's `*.json` names it: what must come of one, and events with
 * a position, which only a broker can give.
 */
function isNoMessage(name: string): boolean {
  return /\.(expected|event)\.json$/i.test(name);
}

function byCodeUnit(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};
