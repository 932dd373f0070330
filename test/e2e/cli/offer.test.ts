import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { showOffers, specSelection } from '../../../cli/offer/run.ts';
import { REASONS } from '../../../src/offer/offer.ts';
import { toItem } from '../../../src/sync/change.ts';
import { startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { httpDelivery } from '../../support/deliveries.ts';
import { changeFrom, deleteOf } from '../../support/messages.ts';
import { runAt } from '../../support/run-command.ts';

const ESPRESSO = 'BEANS-HOUSE-ESPRESSO-1KG';

const SAMPLES = [
  '05-party-prices',
  '07-default-price-by-id',
  '08-specs-and-markups',
  '09-parent-product',
  '10-child-product',
];

let cosmos: TestCosmos;
beforeAll(async () => {
  cosmos = await startTestCosmos();
  const bodies = await Promise.all(SAMPLES.map((name) => readFile(`samples/${name}.json`)));
  const deliveries = [...bodies.map((body) => httpDelivery(body)), deleteOf('GONE')];
  for (const delivery of deliveries) await cosmos.products.items.create(toItem(changeFrom(delivery), 14));
  await cosmos.products.items.create({ id: 'FOREIGN', name: 3 });
});
afterAll(() => cosmos.close());

const offer = (ids: string[], flags: object = {}, env: Record<string, string> = {}) =>
  runAt({ env: { COSMOS_CONNECTION_STRING: cosmos.connectionString, ...env } }, (context) =>
    showOffers(ids, flags, context),
  );

describe('offer', () => {
  it('shows two buyers two prices, and why', async () => {
    const brewer = await offer([ESPRESSO], { buyer: 'home-brewers', quantity: 6, at: '2026-12-24T18:00Z' });
    expect(brewer.exitCode).toBe(0);
    expect(brewer.stdout).toMatch(/for +buyer home-brewers, in USD, at 2026-12-24T18:00Z/);
    expect(brewer.stdout).toMatch(/price schedule +espresso-retail: the default price/);
    expect(brewer.stdout).toMatch(/│ +1–5 │ 28 USD │ regular │ +│\n│ +6\+ │ 26 USD │ regular │ ← applies │/);
    expect(brewer.stdout).toMatch(/6 cost +156 USD/);

    const club = await offer([ESPRESSO], { buyer: 'home-brewers', group: ['other', 'tasting-club'] });
    expect(club.stdout).toMatch(/price schedule +espresso-club: the price of the user group tasting-club/);
    expect(club.stdout).toMatch(/│ +1\+ │ 24.5 USD │ regular │ ← applies │/);
    expect(club.stdout).not.toContain('28 USD');
  });

  it('says in words why a buyer cannot order, and to whom it is assigned', async () => {
    const nobody = await offer([ESPRESSO, 'KETTLE-GOOSENECK']);
    expect(nobody.stdout).toMatch(/visible +no/);
    expect(nobody.stdout).toContain(`✗ ${REASONS['not-assigned']}`);
    expect(nobody.stdout).toMatch(/It is assigned to: --buyer Zinc-Bar, .*--group tasting-club/);
    expect(nobody.stdout).toContain('It is assigned to nobody.');
    const euros = await offer([ESPRESSO], { buyer: 'home-brewers', currency: 'EUR' });
    expect(euros.stdout).toContain(`✗ ${REASONS['PriceSchedule.MissingOrConflicting']}`);
    expect(euros.stdout).toContain('It has prices in: USD');
    const none = await offer([ESPRESSO], { buyer: 'home-brewers', quantity: 0 });
    expect(none.stdout).toMatch(/can be ordered +no/);
  });

  it('answers several products, and those that do not exist, as JSON too', async () => {
    const { stdout } = await offer(['NONE', ESPRESSO, 'GONE'], { buyer: 'home-brewers', json: true });
    const answers = JSON.parse(stdout);
    expect(answers.map(({ id }: { id: string }) => id)).toEqual(['NONE', ESPRESSO, 'GONE']);
    expect(answers[0].offer).toMatchObject({ found: false, reasons: ['not-found'] });
    expect(answers[1]).toMatchObject({
      context: { buyerId: 'home-brewers', currency: 'USD' },
      offer: { visible: true },
    });
    expect(answers[2].offer).toMatchObject({ found: false });
  });

  it('reads the parent along with a child', async () => {
    const [child] = JSON.parse((await offer(['MUG-ENAMEL-SAGE-500'], { json: true })).stdout);
    expect(child.offer.doubts).not.toContain('inherited-from-parent');
  });

  it('takes the marketplace that is set', async () => {
    const env = { ORDERCLOUD_MARKETPLACE_ID: 'elsewhere' };
    const { stdout } = await offer(['KETTLE-GOOSENECK'], { buyer: 'cafe-uno' }, env);
    expect(stdout).toContain('(wrong-marketplace)');
  });

  it('refuses an item of somebody else', async () => {
    expect(await offer(['FOREIGN'])).toMatchObject({
      exitCode: 1,
      error: 'What is stored under FOREIGN is not a product of this app.',
    });
  });
});

it('reads a selection as a spec and an option, or a text', () => {
  expect(specSelection('grind=filter')).toEqual({ specId: 'grind', choice: 'filter', value: undefined });
  expect(specSelection('engraving=text=For Ana = you')).toEqual({
    specId: 'engraving',
    choice: 'text',
    value: 'For Ana = you',
  });
  expect(() => specSelection('grind')).toThrow('ID=OPTION');
});
