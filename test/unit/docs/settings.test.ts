import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

/** Settings of the Functions host, which the app does not read. */
const OF_THE_HOST = ['FUNCTIONS_WORKER_RUNTIME', 'AzureWebJobsStorage'];

/** The text in backticks of a table's cell, piece by piece. */
const codeIn = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

it('docs/settings.md lists the settings of local.settings.sample.json, with the same defaults', async () => {
  const page = await readFile('docs/settings.md', 'utf8');
  const documented = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((row) => {
      const [, names, defaults] = row.split('|');
      return codeIn(names).map((name, index) => [name, codeIn(defaults)[index] ?? '']);
    });
  const sample = JSON.parse(await readFile('local.settings.sample.json', 'utf8'));
  const settings = Object.entries(sample.Values).filter(([name]) => !OF_THE_HOST.includes(name));
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(settings));
  expect(documented).toHaveLength(settings.length);
});
