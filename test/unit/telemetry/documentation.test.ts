import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { METRICS } from '../../../src/telemetry/metrics.ts';

it('docs/telemetry.md lists every metric as it is', async () => {
  const page = await readFile('docs/telemetry.md', 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `productsync.'));
  const documented = rows.map((row) => {
    const [, name = '', kind, unit = '', attributes = '', description] = row
      .split('|')
      .map((cell) => cell.trim());
    const code = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, inside]) => inside);
    return [code(name)[0], { kind, unit: code(unit)[0], attributes: code(attributes), description }];
  });
  const defined = Object.entries(METRICS).map(([name, { kind, unit, attributes, description }]) => [
    name,
    { kind, unit, attributes, description },
  ]);
  expect(documented).toEqual(defined);
});
