import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOrderCloud } from '../../../../cli/ordercloud/api.ts';
import { listProducts, PRODUCTS, readMany, readOne } from '../../../../cli/ordercloud/catalog.ts';
import { addProducts, numbered } from '../../../support/ordercloud/marketplace.ts';
import { type OrderCloudServer, startOrderCloud } from '../../../support/ordercloud/server.ts';

let server: OrderCloudServer;
beforeEach(async () => {
  server = await startOrderCloud();
});
afterEach(() => server.close());

const api = () => openOrderCloud(server.settings, { sleep: async () => {} });

const add = (...ids: string[]) => addProducts(server.marketplace, ...ids);

async function listed(options: Parameters<typeof listProducts>[1] = {}): Promise<string[]> {
  const ids: string[] = [];
  for await (const { items } of listProducts(api(), options)) ids.push(...items.map(({ ID }) => ID));
  return ids;
}

describe('the listing of products', () => {
  it('gives each once, whatever the case of their IDs, and goes on after any', async () => {
    const ids = numbered(230, 4);
    add(...ids, 'a', 'B', 'c');
    expect((await listed()).sort()).toEqual([...ids, 'a', 'B', 'c'].sort());
    expect(await listed({ after: 'P-0227' })).toEqual(['P-0228', 'P-0229']);
    expect(await listed({ after: 'P-0229' })).toEqual([]);
  });

  it('gives those of a catalog', async () => {
    add('A', 'B', 'C');
    server.marketplace.catalogs.set('summer', new Set(['A', 'C']));
    expect(await listed({ catalogID: 'summer' })).toEqual(['A', 'C']);
    await expect(listed({ catalogID: 'winter' })).rejects.toThrow(/404 NotFound/);
  });

  it('misses nothing when products come and go between its pages, the token runs out, or OrderCloud is busy', async () => {
    const ids = numbered(250, 4);
    add(...ids);
    let calls = 0;
    server.onRequest = () => {
      calls += 1;
      if (calls !== 1) return;
      server.marketplace.products.delete('P-0000');
      add('A-NEW');
      server.tokens.revokeAll();
      server.faults.next({ status: 429, headers: { 'retry-after': '1' } });
    };
    const found = await listed();
    expect(found.slice(-249)).toEqual(ids.slice(1));
    expect(server.tokens.issued).toBe(2);
  });

  it('ends with an explanation where a listing does not get on', async () => {
    // As the last ID of a page, the filter reads it as "or", and gives the first page again.
    add(...numbered(99, 4), 'P-01|P*', 'Q');
    await expect(listed()).rejects.toThrow('does not get beyond P-01|P*');
  });
});

describe('products by ID', () => {
  it('come in groups, and one by one where they are not listed so', async () => {
    add(...numbered(60, 4), 'with space', 'a|b');
    const found = await readMany(api(), PRODUCTS, [...numbered(62, 4), 'with space', 'a|b', 'mug/1']);
    const missing = [...found].filter(([, { item }]) => item === null).map(([id]) => id);
    expect(missing).toEqual(['P-0060', 'P-0061', 'mug/1']);
    const gets = server.requests.filter(({ path }) => path.startsWith('/products/'));
    expect(gets).toHaveLength(5);
  });

  it('are missing only by OrderCloud’s own word, with its time', async () => {
    const found = await readOne(api(), PRODUCTS, 'NONE');
    expect(found).toEqual({ item: null, confirmedAt: expect.any(Date) });
    server.faults.next({ status: 404, errorCode: 'Http404' });
    await expect(readOne(api(), PRODUCTS, 'NONE')).rejects.toThrow(/404/);
  });
});
