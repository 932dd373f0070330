import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
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

it('keeps entries for the next run, and nothing once it is removed', async () => {
  const path = join(await emptyFolder(), 'run.progress');
  const first = await open(path);
  expect(first.entries).toEqual([]);
  expect(existsSync(path)).toBe(false);
  await first.append({ id: 'A' });
  await first.append({ id: 'B' });

  const second = await open(path);
  expect(second.entries).toEqual([{ id: 'A' }, { id: 'B' }]);
  expect(second.startedAt).toBe(first.startedAt);
  await second.append({ id: 'C' });
  expect((await open(path)).entries).toHaveLength(3);
  await second.remove();
  expect((await open(path)).entries).toEqual([]);
});

it('loses only the line that a crash has cut off', async () => {
  const path = join(await emptyFolder(), 'run.progress');
  const first = await open(path);
  await first.append({ id: 'A' });
  await appendFile(path, '{"id":"B');
  const second = await open(path);
  expect(second.entries).toEqual([{ id: 'A' }]);
  await second.append({ id: 'C' });
  expect((await open(path)).entries).toEqual([{ id: 'A' }, { id: 'C' }]);
});

it('leaves the run of another subject alone, unless told to begin anew', async () => {
  const path = join(await emptyFolder(), 'run.progress');
  await (await open(path)).append({ id: 'A' });
  const other = { ...subject, OrderCloud: 'https://other.example' };
  await expect(open(path, { subject: other })).rejects.toThrow(/another OrderCloud \(https:\/\/api\.example/);
  expect((await open(path, { subject: other, restart: true })).entries).toEqual([]);
  expect(await readFile(path, 'utf8')).toContain('api.example');
});

it('does not overwrite a file that is none of its own', async () => {
  const path = join(await emptyFolder(), 'shopping.txt');
  await writeFile(path, 'milk\n');
  await expect(open(path)).rejects.toThrow(/no progress file/);
});
