import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const THROWN_AWAY =
  /(?:\blog|logHandler): \(\) => \{\}|createApp\(\(\) => \{\}|spyOn\(console, '\w+'\)\.mock(?:Return|Implementation\(\(\) => (?:\{\}|undefined)\))/;

/** It runs a million histories outside of vitest, too, and its messages hold nothing but numbers. */
const SIMULATION = /support.convergence.run-batch\.ts$/;

it.each([
  'startWorker({ entry, log: () => {} })',
  'createApp(() => {}, env)',
  'new InvocationContext({ logHandler: () => {} })',
  "vi.spyOn(console, 'warn').mockReturnValue()",
  "vi.spyOn(console, 'warn').mockImplementation(() => {})",
])('%s throws a log away', (source) => {
  expect(source).toMatch(THROWN_AWAY);
});

it('no test throws a log away: the leak check looks at `recordingLog` and its like', async () => {
  const files = (await readdir('test', { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('logs.test.ts') && !SIMULATION.test(file),
  );
  expect(files.length).toBeGreaterThan(100);
  const texts = await Promise.all(files.map((file) => readFile(join('test', file), 'utf8')));
  expect(files.filter((_, index) => THROWN_AWAY.test(texts[index] ?? ''))).toEqual([]);
});
