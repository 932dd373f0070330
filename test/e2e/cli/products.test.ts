import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { showProduct, showProductList } from '../../../cli/products/run.ts';
import { toItem } from '../../../src/sync/change.ts';
import { startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { envelope, httpDelivery } from '../../support/deliveries.ts';
import { changeFrom, deleteOf, updateOf } from '../../support/messages.ts';
import { runAt } from '../../support/run-command.ts';

const MUG = {
  ProductID: 'MUG',
  Name: 'Mug\u202e',
  Active: true,
  Categories: ['mugs'],
  SpecCount: 7,
  DefaultPriceSchedule: {
    ID: 'retail',
    Currency: 'USD',
    SaleEnd: '2027-01-01T00:00:00Z',
    PriceBreaks: [
      { Quantity: 1, Price: 12, SalePrice: 10 },
      { Quantity: 10, Price: 9 },
    ],
  },
  PartyPriceSchedules: [
    { PartyType: 'Company', Party: 'cafe', PriceSchedule: { ID: 'cafe', PriceBreaks: [{ Price: 8 }] } },
  ],
  Specs: [{ ID: 'color', Name: 'Color', Required: true, Options: [{ ID: 'b', Value: 'Black' }] }],
  xp: { material: 'clay' },
};

let cosmos: TestCosmos;
beforeAll(async () => {
  cosmos = await startTestCosmos();
  const deliveries = [httpDelivery(envelope(MUG)), updateOf('CUP', 'Cup'), deleteOf('POT')];
  for (const delivery of deliveries) await cosmos.products.items.create(toItem(changeFrom(delivery), 14));
  await cosmos.products.items.create({ id: 'FOREIGN', name: 3, pricing: 'none' });
});
afterAll(() => cosmos.close());

const env = () => ({ COSMOS_CONNECTION_STRING: cosmos.connectionString });
const list = (flags: object = {}) =>
  runAt({ env: env() }, (context) => showProductList({ limit: 100, ...flags }, context));
const show = (id: string, flags: object = {}) =>
  runAt({ env: env() }, (context) => showProduct(id, flags, context));

describe('products list', () => {
  it('lists what is stored by ID, without deleted ones', async () => {
    const { exitCode, stdout } = await list();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /│ CUP [\s\S]*│ FOREIGN [\s\S]*│ MUG +│ Mug\\u202e │ +12 USD \(sale 10\) │ yes .*│ mugs/,
    );
    expect(stdout).not.toContain('POT');
    expect(stdout).toContain(`3 products at ${cosmos.endpoint}.`);
    expect((await list({ deleted: true })).stdout).toMatch(/│ POT .*│ deleted/);
  });

  it('lists one category, so many, or as JSON', async () => {
    expect((await list({ category: 'mugs' })).stdout).toContain('1 product in the category mugs at');
    expect((await list({ category: 'pots' })).stdout).toContain('No products in the category pots at');
    expect((await list({ limit: 1 })).stdout).toContain('There are more: --limit lists them.');
    expect((await list({ limit: 3 })).stdout).not.toContain('There are more');
    const items = JSON.parse((await list({ json: true })).stdout);
    expect(items.map(({ id }: { id: string }) => id)).toEqual(['CUP', 'FOREIGN', 'MUG']);
  });
});

describe('products show', () => {
  it('shows prices, specs, warnings and where the product is from', async () => {
    const { exitCode, stdout } = await show('MUG');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^MUG {2}Mug\\u202e\n {2}active +yes\n/);
    expect(stdout).toMatch(/│ retail +│ everybody +│ +1–9 │ 12 USD │ +10 │ until 2027-01-01/);
    expect(stdout).toMatch(/│ +│ +│ +10\+ │ +9 USD │/);
    expect(stdout).toMatch(/│ cafe +│ company cafe +│/);
    expect(stdout).toMatch(/│ color │ Color │ yes +│ Black/);
    expect(stdout).toContain('"material": "clay"');
    expect(stdout).toContain('! SpecCount');
  });

  it('prints what is stored as JSON', async () => {
    const { resource } = await cosmos.products.item('MUG', 'MUG').read();
    const stored = JSON.parse((await show('MUG', { json: true })).stdout);
    expect(resource).toMatchObject(stored);
    expect(Object.keys(stored).filter((name) => name.startsWith('_'))).toEqual([]);
  });

  it('shows what is deleted, and says what somebody else wrote', async () => {
    expect((await show('POT')).stdout).toMatch(/^POT is deleted by a message of /);
    expect(await show('FOREIGN')).toMatchObject({
      exitCode: 1,
      error: 'What is stored under FOREIGN is not a product of this app.',
    });
  });

  it('ends with 1 where there is no such product', async () => {
    expect(await show('NONE')).toMatchObject({
      exitCode: 1,
      error: `There is no product NONE at ${cosmos.endpoint}.`,
    });
  });
});
