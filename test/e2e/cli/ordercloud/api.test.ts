import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OrderCloudSettings, openOrderCloud } from '../../../../cli/ordercloud/api.ts';
import { listProducts, PRODUCTS, readMany, readOne } from '../../../../cli/ordercloud/catalog.ts';
import { OrderCloudError } from '../../../../cli/ordercloud/ordercloud-error.ts';
import { addProducts, numbered } from '../../../support/ordercloud/marketplace.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type OrderCloudServer,
  type OrderCloudServerOptions,
  startOrderCloud,
} from '../../../support/ordercloud/server.ts';
import { addressOfNothing, startReceiver } from '../receiver.ts';

let server: OrderCloudServer;
let waits: number[];

beforeEach(() => {
  waits = [];
});

afterEach(async () => {
  await server?.close();
});

async function open(
  options: OrderCloudServerOptions = {},
  { signal, ...settings }: Partial<OrderCloudSettings> & { signal?: AbortSignal } = {},
) {
  server = await startOrderCloud(options);
  server.marketplace.products.set('MUG', { ID: 'MUG', Name: 'Mug', Active: true });
  const full = {
    baseUrl: server.url,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scope: [],
    ...settings,
  };
  const notes: string[] = [];
  const api = openOrderCloud(full, {
    sleep: async (milliseconds) => void waits.push(milliseconds),
    note: (line) => notes.push(line),
    ...(signal && { signal }),
  });
  return { api, notes };
}

async function failure(promise: Promise<unknown>): Promise<OrderCloudError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OrderCloudError)) throw new Error(`not refused, but: ${error}`);
  return error;
}

describe('a call of the OrderCloud API', () => {
  it('logs in once for many calls, also for calls side by side', async () => {
    const { api } = await open();
    const get = () => api.call((sdk, options) => sdk.Products.Get('MUG', options));
    const [first] = await Promise.all([get(), get(), get()]);
    await get();
    expect(first).toMatchObject({ ID: 'MUG', Name: 'Mug' });
    expect(server.tokens.issued).toBe(1);
  });

  it('logs in again in the middle of a listing when the token has run out', async () => {
    const { api } = await open();
    const list = (page: number) =>
      api.call((sdk, options) => sdk.Products.List({ page, pageSize: 1 }, options));
    await list(1);
    server.tokens.revokeAll();
    expect((await list(1)).Items).toHaveLength(1);
    expect(server.tokens.issued).toBe(2);
  });

  it('says that the credentials are wrong, with the code of OrderCloud and without the secret', async () => {
    const { api } = await open({}, { clientSecret: 'not-the-secret' });
    const error = await failure(api.call((sdk, options) => sdk.Products.Get('MUG', options)));
    expect(error.message).toMatch(/answered 401 Auth\.InvalidUsernameOrPassword.*ORDERCLOUD_CLIENT_SECRET/);
    expect(error.message).not.toContain('\n');
    expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain('not-the-secret');
    expect(server.tokens.issued).toBe(0);
  });

  it('says that what answers is not OrderCloud when a login brings no token', async () => {
    const { api } = await open();
    server.faults.next({ status: 200 }, { path: /oauth/ });
    const call = api.call((sdk, options) => sdk.Products.Get('MUG', options));
    await expect(call).rejects.toThrow(/is not OrderCloud.*ORDERCLOUD_API_URL/);
  });

  it('follows nobody elsewhere, where its secret would go along', async () => {
    const { api } = await open();
    const elsewhere = await startReceiver();
    server.faults.next({ status: 307, headers: { location: elsewhere.url } }, { path: /oauth/ });
    const error = await failure(api.call((sdk, options) => sdk.Products.Get('MUG', options)));
    expect(error.message).toContain('check ORDERCLOUD_API_URL');
    expect(elsewhere.received).toEqual([]);
  });

  it('names the role that is missing', async () => {
    const { api } = await open({ roles: ['ProductReader'] });
    const error = await failure(api.call((sdk, options) => sdk.ProductSynchronization.Get(options)));
    expect(error).toMatchObject({ status: 403, code: 'Auth.InsufficientRoles' });
    expect(error.message).toContain('ProductSyncConfigAdmin');
  });

  it('gives the Date header of a product that is not there', async () => {
    const { api } = await open();
    const error = await failure(api.call((sdk, options) => sdk.Products.Get('GONE', options)));
    expect(error).toMatchObject({ status: 404, code: 'NotFound' });
    expect(error.message).toContain('Product GONE not found');
    expect(Math.abs((error.date?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('understands a "not found" without details, which the SDK itself trips over', async () => {
    const { api } = await open();
    server.faults.next({ status: 404, errorCode: 'NotFound', message: 'Gone.' });
    const error = await failure(api.call((sdk, options) => sdk.ProductSynchronization.Get(options)));
    expect(error).toMatchObject({ status: 404, code: 'NotFound' });
    expect(error.message).toContain('Gone');
  });

  it('waits as long as Retry-After says, for a write too, and says so', async () => {
    const { api, notes } = await open();
    server.faults.next({ status: 429, headers: { 'retry-after': '7' } });
    await api.call((sdk, options) => sdk.Products.Patch('MUG', { Name: 'Cup' }, options));
    expect(waits).toEqual([7000]);
    expect(notes.join()).toContain('429');
    expect(server.marketplace.products.get('MUG')?.Name).toBe('Cup');
  });

  it('does not wait in silence for longer than two minutes', async () => {
    const { api } = await open();
    server.faults.next({ status: 429, headers: { 'retry-after': '600' } });
    const error = await failure(api.call((sdk, options) => sdk.Products.Get('MUG', options)));
    expect([error.status, waits]).toEqual([429, []]);
  });

  it.each(['hang up', { status: 500 }, { status: 503 }] as const)(
    'repeats a read after %j',
    async (fault) => {
      const { api } = await open();
      server.faults.next(fault, { times: 3 });
      await api.call((sdk, options) => sdk.Products.Get('MUG', options));
      expect(waits).toHaveLength(3);
    },
  );

  it('does not take a fault of the program for one of the network', async () => {
    const { api } = await open();
    const call = api.call(async () => {
      throw new TypeError('a mistake');
    });
    await expect(call).rejects.toThrow(new TypeError('a mistake'));
    expect(waits).toEqual([]);
  });

  it('gives up a read after six tries', async () => {
    const { api } = await open();
    server.faults.next({ status: 500, errorCode: 'Unknown', message: 'Oh no.' }, { times: 6 });
    const error = await failure(api.call((sdk, options) => sdk.Products.Get('MUG', options)));
    expect([error.status, waits.length]).toEqual([500, 5]);
  });

  it('repeats a write after a fault only if told that it does no harm', async () => {
    const { api } = await open();
    server.marketplace.deliveryConfigs.set('it', { ID: 'it' });
    server.marketplace.productSync = { DeliveryConfigID: 'it' };
    server.faults.next('hang up', { method: 'POST' });
    const sync = (idempotent: boolean) =>
      api.call((sdk, options) => sdk.ProductSynchronization.Sync({ ProductID: 'MUG' }, options), {
        idempotent,
      });
    expect(await failure(sync(false))).toMatchObject({ status: null, code: 'Unreachable' });
    server.faults.next('hang up', { method: 'POST' });
    await sync(true);
    expect(waits).toHaveLength(1);
  });

  it('says in one line that nothing listens at the address', async () => {
    const { origin } = new URL(await addressOfNothing());
    const { api } = await open({}, { baseUrl: origin });
    const error = await failure(api.call((sdk, options) => sdk.Products.Get('MUG', options)));
    expect(error.message).toBe(
      `OrderCloud cannot be reached at ${origin} (ECONNREFUSED). Check ORDERCLOUD_API_URL and the network.`,
    );
  });

  it('ends at once on Ctrl-C, with the reason of the signal', async () => {
    const interrupt = new AbortController();
    const { api } = await open({}, { signal: interrupt.signal });
    server.faults.next('no answer');
    const call = api.call((sdk, options) => sdk.Products.Get('MUG', options));
    setTimeout(() => interrupt.abort(), 50);
    await expect(call).rejects.toHaveProperty('name', 'AbortError');
  });

  it('lists with the filter that pages by last ID', async () => {
    const { api } = await open();
    for (const id of ['a1', 'B2', 'c3']) server.marketplace.products.set(id, { ID: id, Name: id });
    const page = await api.call((sdk, options) =>
      sdk.Products.List({ sortBy: ['ID'], pageSize: 2, filters: { ID: '>a1' } }, options),
    );
    expect(page.Items.map(({ ID }) => ID)).toEqual(['B2', 'c3']);
    expect(page.Meta).toMatchObject({ TotalCount: 3, PageSize: 2 });
  });
});

describe('lists', () => {
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
});
