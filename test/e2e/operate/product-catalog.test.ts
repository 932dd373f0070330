import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerDefinitions } from '../../../src/operate/containers.ts';
import {
  CATALOG_QUERIES,
  type ProductCatalog,
  productCatalog,
} from '../../../src/operate/product-catalog.ts';
import { StoreUnavailableError } from '../../../src/store/store-errors.ts';
import { toItem } from '../../../src/sync/change.ts';
import { startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { envelope, httpDelivery } from '../../support/deliveries.ts';
import { changeFrom, deleteOf, updateOf } from '../../support/messages.ts';

let cosmos: TestCosmos;
let catalog: ProductCatalog;

const MUG = {
  ProductID: 'MUG',
  Name: 'Mug',
  Active: true,
  Catalogs: ['summer'],
  Categories: ['mugs'],
  DefaultPriceSchedule: {
    ID: 'ps',
    Currency: 'USD',
    PriceBreaks: [{ Quantity: 1, Price: 12, SalePrice: 10 }],
  },
};

beforeAll(async () => {
  cosmos = await startTestCosmos();
  catalog = productCatalog(async () => cosmos.products);
  const deliveries = [
    httpDelivery(envelope(MUG), { time: '2026-11-22T12:00:01.000Z' }),
    updateOf('CUP', 'Cup', { time: '2026-11-22T12:00:02.000Z', receivedAt: '2026-11-22T12:00:05.000Z' }),
    deleteOf('POT', { time: '2026-11-22T12:00:01.500Z' }),
  ];
  for (const delivery of deliveries) await cosmos.products.items.create(toItem(changeFrom(delivery), 14));
  await cosmos.products.items.create({ id: 'FOREIGN', name: 3, pricing: 'none', schemaVersion: 0 });
});
afterAll(() => cosmos.close());

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);

describe('the catalog', () => {
  it('lists every item as verify compares it, tombstones and what others wrote too', async () => {
    const [cup, foreign, mug, pot] = (await all(catalog.list())).sort(byId);
    expect(mug).toEqual({
      id: 'MUG',
      name: 'Mug',
      active: true,
      defaultScheduleId: 'ps',
      display: { currency: 'USD', price: 12, salePrice: 10 },
      sync: expect.objectContaining({ transport: 'http', stream: 'http', sequence: null }),
    });
    expect(cup).toMatchObject({ id: 'CUP', display: null, sync: { sequence: 1 } });
    expect(cup?.defaultScheduleId).toBeUndefined();
    expect(pot).toMatchObject({ id: 'POT', deleted: true });
    expect(foreign).toMatchObject({ id: 'FOREIGN', name: null, sync: null });
  });

  it('reads one item in the same form', async () => {
    for (const item of await all(catalog.list())) expect(await catalog.read(item.id)).toMatchObject(item);
    expect(await catalog.read('NONE')).toBeNull();
  });

  it('lists the items and the IDs of one catalog, and the IDs of all that is not deleted', async () => {
    expect((await all(catalog.list({ catalogId: 'summer' }))).map(({ id }) => id)).toEqual(['MUG']);
    expect(await all(catalog.ids({ catalogId: 'summer' }))).toEqual(['MUG']);
    expect((await all(catalog.ids())).sort()).toEqual(['CUP', 'FOREIGN', 'MUG']);
  });

  it('lists products by ID, of one category too, and reads a whole one', async () => {
    const listed = await all(catalog.listById());
    expect(listed.map(({ id }) => id)).toEqual(['CUP', 'FOREIGN', 'MUG', 'POT']);
    expect(listed[2]).toMatchObject({ id: 'MUG', categoryIds: ['mugs'] });
    expect((await all(catalog.listById({ categoryId: 'mugs' }))).map(({ id }) => id)).toEqual(['MUG']);
    const whole = await catalog.readWhole('MUG');
    expect(whole).toMatchObject({ id: 'MUG', schemaVersion: 2, pricing: { defaultScheduleId: 'ps' } });
    expect(Object.keys(whole ?? {}).filter((name) => name.startsWith('_'))).toEqual([]);
    expect(await catalog.readWhole('NONE')).toBeNull();
  });

  it('finds documents of an older schema', async () => {
    expect(await all(catalog.idsBelowSchema(1))).toEqual(['FOREIGN']);
    expect((await all(catalog.idsBelowSchema(3))).sort()).toEqual(['CUP', 'FOREIGN', 'MUG']);
  });

  it('counts products and tombstones, and finds the last message of a transport', async () => {
    expect(await catalog.counts()).toEqual({ products: 3, tombstones: 1 });
    expect(await catalog.lastMessage('eventhub')).toEqual({
      id: 'CUP',
      time: '2026-11-22T12:00:02.000Z',
      receivedAt: '2026-11-22T12:00:05.000Z',
    });
    expect(await catalog.lastMessage('http')).toMatchObject({ id: 'MUG' });
    expect(await catalog.lastMessage('kafka')).toBeNull();
  });

  it('fails as the other stores do where there is no container', async () => {
    const missing = productCatalog(async () => cosmos.client.database('catalog').container('elsewhere'));
    await expect(all(missing.list())).rejects.toThrow(StoreUnavailableError);
    await expect(missing.counts()).rejects.toThrow(StoreUnavailableError);
  });
});

it('is asked only by paths that the indexing policy includes', () => {
  const [products] = containerDefinitions(cosmos.settings);
  const included = products?.indexingPolicy?.includedPaths?.map(({ path }) => path);
  for (const query of Object.values(CATALOG_QUERIES)) {
    const [, conditions = ''] = /(?:WHERE|ORDER BY) (.*)$/.exec(query) ?? [];
    for (const [, path] of conditions.matchAll(/c\.([\w.]+)/g)) {
      // Cosmos DB always indexes it: https://learn.microsoft.com/azure/cosmos-db/index-policy
      if (path === 'id') continue;
      const indexed = `/${path?.replaceAll('.', '/')}`;
      expect([`${indexed}/?`, `${indexed}/[]/?`].some((each) => included?.includes(each))).toBe(true);
    }
  }
});
