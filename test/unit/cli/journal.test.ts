import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { openJournal } from '../../../cli/support/journal.ts';
import { emptyFolder } from '../../support/ordercloud/run-command.ts';

const entry = z.object({ id: z.string() });
const subject = { command: 'resync --all', OrderCloud: 'https://api.example' };

async function open(path: string, more: Partial<Parameters<typeof openJournal>[0]> = {}) {
  return openJournal({ path, entry, subject, restart: false, ...more });
}

/** What the next run would find. */
async function entriesAt(path: string, more: Parameters<typeof open>[1] = {}) {
  const journal = await open(path, more);
  journal.close();
  return journal.entries;
}

it('keeps entries for the next run, and nothing once it is removed', async () => {
  const path = join(await emptyFolder(), 'run.progress');
  const first = await open(path);
  expect(first.entries).toEqual([]);
  expect(existsSync(path)).toBe(false);
  await first.append({ id: 'A' });
  await first.append({ id: 'B' });
  first.close();

  const second = await open(path);
  expect(second.entries).toEqual([{ id: 'A' }, { id: 'B' }]);
  expect(second.startedAt).toBe(first.startedAt);
  await second.append({ id: 'C' });
  second.close();
  expect(await entriesAt(path)).toHaveLength(3);
  await second.remove();
  expect(await entriesAt(path)).toEqual([]);
});

it('is for one run at a time, whose lock goes with it', async () => {
  const folder = await emptyFolder();
  const path = join(folder, 'run.progress');
  const first = await open(path);
  await first.append({ id: 'A' });
  for (const restart of [false, true]) {
    await expect(open(path, { restart })).rejects.toThrow(`in use by process ${process.pid}`);
  }
  await first.append({ id: 'B' });
  first.close();
  expect(await readdir(folder)).toEqual(['run.progress']);
  expect(await entriesAt(path)).toEqual([{ id: 'A' }, { id: 'B' }]);
  // A run that could not be read lets go of the file as well.
  await expect(open(path, { subject: {} })).rejects.toThrow('another command');
  expect(await readdir(folder)).toEqual(['run.progress']);
});

it('takes over the lock of a run that was killed, not that of one that runs', async () => {
  const path = join(await emptyFolder(), 'run.progress');
  await writeFile(`${path}.lock`, '1');
  await expect(open(path)).rejects.toThrow('in use by process 1');
  await writeFile(`${path}.lock`, '4194305');
  expect(await entriesAt(path)).toEqual([]);
});

it('begins anew where the run is too old, and says so', async () => {
  const path = join(await emptyFolder(), 'run.progress');
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  const write = async (startedAt: string) => {
    const lines = [{ journal: 1, startedAt, subject }, { id: 'A' }];
    await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  };
  await write(hoursAgo(1));
  expect(await entriesAt(path, { maxAgeMs: 2 * 3_600_000 })).toEqual([{ id: 'A' }]);
  await write(hoursAgo(3));
  expect(await entriesAt(path)).toEqual([{ id: 'A' }]);
  const anew = await open(path, { maxAgeMs: 2 * 3_600_000 });
  expect(anew).toMatchObject({ entries: [], note: expect.stringContaining('began 3 h ago') });
  await anew.append({ id: 'B' });
  anew.close();
  expect(await entriesAt(path, { maxAgeMs: 2 * 3_600_000 })).toEqual([{ id: 'B' }]);
});

it('loses only the line that a crash has cut off', async () => {
  const path = join(await emptyFolder(), 'run.progress');
  const first = await open(path);
  await first.append({ id: 'A' });
  first.close();
  await appendFile(path, '{"id":"B');
  const second = await open(path);
  expect(second.entries).toEqual([{ id: 'A' }]);
  await second.append({ id: 'C' });
  second.close();
  expect(await entriesAt(path)).toEqual([{ id: 'A' }, { id: 'C' }]);
});

it('leaves the run of another subject alone, unless told to begin anew', async () => {
  const path = join(await emptyFolder(), 'run.progress');
  const first = await open(path);
  await first.append({ id: 'A' });
  first.close();
  const other = { ...subject, OrderCloud: 'https://other.example' };
  await expect(open(path, { subject: other })).rejects.toThrow(/another OrderCloud \(https:\/\/api\.example/);
  expect(await entriesAt(path, { subject: other, restart: true })).toEqual([]);
  expect(await readFile(path, 'utf8')).toContain('api.example');
});

it('does not overwrite a file that is none of its own', async () => {
  const path = join(await emptyFolder(), 'shopping.txt');
  await writeFile(path, 'milk\n');
  await expect(open(path)).rejects.toThrow(/no progress file/);
});
