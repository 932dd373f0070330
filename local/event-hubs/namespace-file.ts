import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const namespaceRecord = z.object({
  format: z.literal(1),
  /** Made up when the data set is: a checkpoint taken under another id belongs to other events. */
  id: z.uuid(),
  /** By lower-cased name. */
  hubs: z.record(z.string(), z.object({ partitionCount: z.int(), createdAt: z.iso.datetime() })),
});

/** What is kept about a data set besides its events. */
export type NamespaceRecord = z.infer<typeof namespaceRecord>;

const FILE = 'namespace.json';

/** A record for a data set that begins now. */
export function newNamespaceRecord(): NamespaceRecord {
  return { format: 1, id: randomUUID(), hubs: {} };
}

/** The record of a data directory; a new one if the directory is empty or missing. */
export function readNamespaceRecord(directory: string): NamespaceRecord {
  const path = join(directory, FILE);
  if (!existsSync(path)) return newNamespaceRecord();
  try {
    return namespaceRecord.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new Error(`${path} cannot be read. Remove the data directory to start empty.`, { cause });
  }
}

/** Writes the record beside its place and moves it there, so that a crash leaves the old one or the new one. */
export function writeNamespaceRecord(directory: string, record: NamespaceRecord): void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, FILE);
  writeFileSync(`${path}.new`, `${JSON.stringify(record, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}
