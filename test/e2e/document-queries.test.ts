import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCosmos, type TestCosmos } from '../support/cosmos.ts';

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
