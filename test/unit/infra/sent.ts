import { readdir, readFile } from 'node:fs/promises';
import { DEAD_LETTER_REASONS } from '../../../src/store/dead-letter.ts';
import type { Settled } from '../../../src/sync/settled.ts';
import type { Sent } from './queries.ts';

// A record, not a list: the compiler asks for every one there is.
const OUTCOMES: Record<Settled['outcome'], true> = {
  created: true,
  updated: true,
  unchanged: true,
  deleted: true,
  duplicate: true,
  stale: true,
  superseded: true,
  ignored: true,
  'dead-lettered': true,
};

/** What the app really sends, read from its own code. */
export async function readSent(): Promise<Sent> {
  const files = (await readdir('functions')).filter((path) => path.endsWith('.ts'));
  const sources = await Promise.all(files.map((path) => readFile(`functions/${path}`, 'utf8')));
  const functions = [...sources.join('\n').matchAll(/\bapp\.\w+\('(\w+)'/g)].map(([, name = '']) => name);
  return { functions, values: { outcome: Object.keys(OUTCOMES), reason: DEAD_LETTER_REASONS } };
}
