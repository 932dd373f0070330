import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCosmos, type TestCosmos } from '../support/cosmos.ts';
import { PROGRAM } from '../support/run-program.ts';

const PAGES = ['README.md', 'CONTRIBUTING.md', 'compose.yaml', 'infra/README.md', 'samples/README.md'];
const docs = readdirSync('docs').filter((name) => name.endsWith('.md'));
const text = [...PAGES, ...docs.map((name) => `docs/${name}`)]
  .map((page) => readFileSync(page, 'utf8'))
  .join('\n');

/** Commands of the program that have commands of their own. */
const GROUPS = ['connect', 'dead-letters', 'products', 'sync-config'];
const NAMES = `${GROUPS.join('|')}|demo|start|send|pause|resume|status|resync|verify|offer|products`;

/** A command as text names it: by npm, by npx, or alone between backquotes; up to the next comment or backquote. */
const COMMAND = new RegExp(
  `(?:npm run |npm |npx ordercloud-product-sync |\`)(${NAMES})\\b([^\`#|\\n]*)(?=[\`#|\\n])`,
  'g',
);

/** The options that text gives to each command. */
function documentedOptions(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, name = '', rest = ''] of text.matchAll(COMMAND)) {
    const subcommand = GROUPS.includes(name) ? /^(?: --)? ([a-z]+)\b/.exec(rest)?.[1] : undefined;
    const command = subcommand === undefined ? name : `${name} ${subcommand}`;
    const options = found.get(command) ?? found.set(command, new Set()).get(command);
    for (const [option] of rest.matchAll(/--[a-z][a-z-]*/g)) options?.add(option);
  }
  return found;
}

const { stdout: overview } = await promisify(execFile)(process.execPath, [PROGRAM, '--help']);

/** A command of the program, as `main.ts` loads it. */
async function commandOf(name: string, subcommand?: string): Promise<Command | undefined> {
  const folder = name === 'pause' || name === 'resume' ? 'sync-config' : name;
  const { program, ...others } = await import(`../../cli/${folder}/command.ts`);
  const command: Command = others[name] ?? program;
  return subcommand === undefined ? command : command.commands.find((each) => each.name() === subcommand);
}

it.each([...documentedOptions()])(
  '%s exists, with the options that the documentation gives it',
  async (words, options) => {
    const [name = '', subcommand] = words.split(' ');
    expect(overview).toMatch(new RegExp(`^ +${name} `, 'm'));
    const command = await commandOf(name, subcommand);
    expect(command, words).toBeDefined();
    const help = command?.helpInformation() ?? '';
    expect([...options].filter((option) => !help.includes(option))).toEqual([]);
  },
);

it('the scripts that the documentation names exist', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const named = [...text.matchAll(/npm run ([a-z][a-z0-9:-]*)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

/** The queries of docs/document.md, in order. */
const QUERIES = [...readFileSync('docs/document.md', 'utf8').matchAll(/^```sql\n([\s\S]*?)^```/gm)].map(
  ([, query = '']) => query,
);
const [inCategory = '', onSale = '', forCompany = ''] = QUERIES;

let cosmos: TestCosmos;

/** What the samples leave in the container. */
beforeAll(async () => {
  cosmos = await startTestCosmos();
  const files = readdirSync('samples').filter((name) => name.endsWith('.expected.json'));
  for (const file of files.sort()) {
    const { outcome, productId, document } = JSON.parse(readFileSync(`samples/${file}`, 'utf8'));
    if (outcome === 'deleted') await cosmos.products.items.upsert({ id: productId, deleted: true });
    if (document) await cosmos.products.items.upsert(document);
  }
});
afterAll(() => cosmos.close());

async function ask(query: string, values: Record<string, string | number>) {
  const parameters = Object.entries(values).map(([name, value]) => ({ name: `@${name}`, value }));
  const { resources } = await cosmos.products.items.query({ query, parameters }).fetchAll();
  return resources;
}

it('finds the active products of a category, by name', async () => {
  const found = await ask(inCategory, { category: 'brewers' });
  expect(found.map(({ name, price }) => [name, price])).toEqual([
    ['Ceramic Dripper, size 02', 24.5],
    ['Cold Brew Tower', 289.9],
    ['Glass Server 600 ml', 32],
    ['Home Barista Kit', undefined],
    ['Travel Press 350 ml', 42.5],
  ]);
});

it.each([
  ['2026-02-01T00:00:00.000Z', ['BREWER-COLD-TOWER', 'KETTLE-GOOSENECK', 'SERVER-GLASS-600']],
  ['2026-02-14T00:00:00.000Z', ['BREWER-COLD-TOWER', 'KETTLE-GOOSENECK']],
])('finds what is on sale at %s', async (now, ids) => {
  const found = await ask(onSale, { now });
  expect(found.map(({ id }) => id).sort()).toEqual(ids);
});

it.each([
  [
    7,
    [
      { sellerId: null, price: 19.8 },
      { sellerId: 'north-coast-supply', price: 21.25 },
    ],
  ],
  [2, [{ sellerId: 'north-coast-supply', price: 21.25 }]],
])('finds what a company pays for %i of a product', async (quantity, prices) => {
  const product = 'BEANS-HOUSE-ESPRESSO-1KG';
  const [found] = await ask(forCompany, { product, company: 'cafe-uno', quantity });
  expect(found).toEqual(prices.map((price) => expect.objectContaining(price)));
});

it('knows every query of the page', () => {
  expect(QUERIES).toHaveLength(3);
});
