import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/** What the deployable folder may hold in all. A small package starts fast; whatever grows it should be noticed. */
export const MAX_APP_BYTES = 2_000_000;

/** Paths of all files below a folder, relative to it, in the same order on every machine. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort();
}

/**
 * The bytes of all files in the deployable folder.
 * @throws when they are more than may be deployed
 */
export async function checkSize(folder: string, maxBytes = MAX_APP_BYTES): Promise<number> {
  const files = await filesIn(folder);
  const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(folder, file))).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes <= maxBytes) return bytes;
  const largest = files
    .map((file, index) => ({ file, size: sizes[index] ?? 0 }))
    .sort((a, b) => b.size - a.size)
    .slice(0, 3)
    .map(({ file, size }) => `${file} ${size}`);
  throw new Error(
    `${folder} holds ${bytes} bytes, more than the ${maxBytes} that are deployed (${largest.join(', ')}). Find out what came in.`,
  );
}

/** Local time, as ZIP archives have it: the same figures in every time zone. */
const SAME_FOR_ALL = new Date(2020, 0, 1);
const UNIX = 3;
const READABLE_FILE = 0o100644 << 16;

/** A folder's files as a ZIP archive. The same files give the same bytes, whenever and wherever it is made. */
export async function zipFolder(folder: string): Promise<Uint8Array> {
  const entries: Zippable = {};
  for (const file of await filesIn(folder)) {
    const options = { level: 9, mtime: SAME_FOR_ALL, os: UNIX, attrs: READABLE_FILE } as const;
    entries[file] = [await readFile(path.join(folder, file)), options];
  }
  return zipSync(entries);
}
