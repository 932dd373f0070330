import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HISTOGRAMS, METRICS } from '../../src/telemetry/metrics.ts';

const PAGES = ['.', 'bench', 'docs', 'infra', 'samples', 'src/offer'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

/** Files that text names between backquotes: with a folder of this project, and an extension. */
const FILE = /`((?:src|functions|cli|local|test|bench|scripts|docs|samples|infra)\/[\w./-]+\.\w+)`/g;

const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`]*`/g, '');

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

function anchorsIn(page: string): string[] {
  const text = readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(page, 'utf8');

  it('links to what is there', () => {
    const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? page : join(dirname(page), path);
        if (!existsSync(target)) return true;
        return anchor !== undefined && !anchorsIn(target).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  it('names files that are there', () => {
    const named = [...text.matchAll(FILE)].map(([, file = '']) => file);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });
});

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
  const defined = Object.entries(METRICS).map(([name, { unit, attributes, description }]) => {
    const kind = name in HISTOGRAMS ? 'histogram' : 'counter';
    return [name, { kind, unit, attributes, description }];
  });
  expect(documented).toEqual(defined);
});
