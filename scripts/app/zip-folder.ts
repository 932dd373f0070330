import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { filesIn } from './folder-size.ts';

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
