import { readdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VerifyFlags } from '../../../cli/verify/compare.ts';
import { verify } from '../../../cli/verify/run.ts';
import { toItem } from '../../../src/sync/change.ts';
import { startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { deadLetterFor } from '../../support/dead-letters.ts';
import { envelope, httpDelivery } from '../../support/deliveries.ts';
import { changeFrom, deleteOf } from '../../support/messages.ts';
import { numbered } from '../../support/ordercloud/marketplace.ts';
import { Failure } from '../../support/ordercloud/route.ts';
import { type OrderCloudServer, startOrderCloud } from '../../support/ordercloud/server.ts';
import { type Options, runAt } from '../../support/run-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let cosmos: TestCosmos;
let orderCloud: OrderCloudServer;
beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

beforeEach(async () => {
  for (const container of [cosmos.products, cosmos.deadLetters]) {
    const { resources } = await container.items.query<string>('SELECT VALUE c.id FROM c').fetchAll();
    await Promise.all(resources.map((id) => container.item(id, id).delete()));
  }
  orderCloud = await startOrderCloud();
  orderCloud.marketplace.productSync = {
    DeliveryConfigID: 'none',
    SyncProductChanged: true,
    SyncProductDeleted: true,
  };
});
afterEach(() => orderCloud.close());

const run = (flags: Partial<VerifyFlags> = {}, more: Partial<Options> = {}) =>
  runAt({ env: { ...orderCloud.env, COSMOS_CONNECTION_STRING: cosmos.connectionString }, ...more }, (at) =>
    verify({ pause: 0, rate: 1000, ...flags }, at),
  );

const report = async (flags: Partial<VerifyFlags> = {}) => {
  const { stdout, error } = await run({ ...flags, json: true });
  expect(error).toBeNull();
  return JSON.parse(stdout);
};

function there(ID: string, more: object = {}): void {
  orderCloud.marketplace.products.set(ID, { ID, Name: ID, Active: true, ...more });
}

async function here(ProductID: string, more: object = {}): Promise<void> {
  const delivery = httpDelivery(envelope({ ProductID, Name: ProductID, Active: true, ...more }));
  await cosmos.products.items.upsert(toItem(changeFrom(delivery), 14));
}

async function tombstones(): Promise<string[]> {
  const query = 'SELECT VALUE c.id FROM c WHERE c.deleted = true';
  return (await cosmos.products.items.query<string>(query).fetchAll()).resources;
}

const schedule = (ID: string, Price: number) => ({
  ID,
  Currency: 'USD',
  PriceBreaks: [{ Quantity: 1, Price }],
});

describe('verify', () => {
  it('finds what is missing, extra and differing, and says what it leaves alone', async () => {
    orderCloud.marketplace.priceSchedules.set('ps', schedule('ps', 12));
    there('SAME', { DefaultPriceScheduleID: 'ps' });
    await here('SAME', { DefaultPriceScheduleID: 'ps', DefaultPriceSchedule: schedule('ps', 12) });
    there('PRICE', { DefaultPriceScheduleID: 'ps' });
    await here('PRICE', { DefaultPriceScheduleID: 'ps', DefaultPriceSchedule: schedule('ps', 13) });
    there('NAME', { Name: 'new' });
    await here('NAME');
    there('MISSING');
    there('DELETED-HERE');
    await cosmos.products.items.create(toItem(changeFrom(deleteOf('DELETED-HERE')), 14));
    await cosmos.products.items.create(toItem(changeFrom(deleteOf('DELETED-BOTH')), 14));
    there('SLASH/ED');
    await here('EXTRA');
    there('Spelled');
    await here('Spelled');
    await cosmos.products.items.create({ id: 'FOREIGN' });
    await cosmos.stores.deadLetters.keep(deadLetterFor('MISSING'));

    const { exitCode, stdout } = await run();
    expect(exitCode).toBe(1);
    const rows = stdout.split('\n').filter((line) => line.startsWith('│ ') && !line.includes('Product '));
    const cells = rows.map((row) =>
      row
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    expect(cells.sort()).toEqual([
      ['DELETED-HERE', 'missing', 'in OrderCloud; deleted here', ''],
      ['EXTRA', 'extra', 'here; not in OrderCloud', ''],
      ['MISSING', 'missing', 'in OrderCloud; not here', 'wrong-marketplace'],
      ['NAME', 'differing', 'name: new in OrderCloud, NAME here', ''],
      ['PRICE', 'differing', 'default price: 12 USD in OrderCloud, 13 USD here', ''],
      ['SLASH/ED', 'unstorable', 'in OrderCloud, under an ID that cannot be stored', ''],
    ]);
    expect(stdout).toContain('7 products compared: 2 missing, 1 extra, 2 differing, 1 unstorable.');
    expect(stdout).toContain('1 item of the container that this app did not write');
    expect(stdout).toContain('--repair');
  });

  it('tells nothing of what has arrived by the second look', async () => {
    there('MUG', { Name: 'new' });
    await here('MUG');
    orderCloud.onRequest = async ({ query }) => {
      if (query.get('ID') === 'MUG') await here('MUG', { Name: 'new' });
    };
    const { exitCode, stdout, stderr } = await run();
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Different at first: 1 product.');
    expect(stdout).toContain('1 product compared: the container is as OrderCloud is.');
  });

  it('compares no prices where messages carry none', async () => {
    orderCloud.marketplace.priceSchedules.set('ps', schedule('ps', 12));
    there('MUG', { DefaultPriceScheduleID: 'ps' });
    await here('MUG');
    expect(await report()).toMatchObject({ differing: 1 });
    orderCloud.marketplace.productSync = {
      ...orderCloud.marketplace.productSync,
      ExcludePriceSchedules: true,
    };
    expect(await report()).toMatchObject({ differing: 0 });
  });

  it('calls nothing extra that a catalog merely does not list', async () => {
    for (const id of ['IN', 'OUT', 'OTHER']) there(id);
    for (const id of ['IN', 'OUT', 'GONE']) await here(id, { Catalogs: ['summer'] });
    await here('GONE-TOO');
    orderCloud.marketplace.catalogs.set('summer', new Set(['IN']));
    expect(await report({ catalog: 'summer' })).toMatchObject({
      compared: 1,
      missing: 0,
      differences: [{ id: 'GONE', kind: 'extra' }],
    });
    // In the catalog there, but not by its document: looked at, and no difference.
    orderCloud.marketplace.catalogs.set('summer', new Set(['IN', 'OTHER']));
    await here('OTHER');
    expect(await report({ catalog: 'summer' })).toMatchObject({ missing: 0, extra: 1, differing: 0 });
  });

  it('takes a sample from both sides', async () => {
    for (const id of numbered(40)) there(id);
    await Promise.all(numbered(60).map((id) => here(id)));
    const { compared, extra, missing, differences } = await report({ sample: 100 });
    expect({ compared, extra, missing }).toEqual({
      compared: expect.any(Number),
      extra: expect.any(Number),
      missing: 0,
    });
    expect(compared).toBeGreaterThanOrEqual(50);
    expect(compared).toBeLessThanOrEqual(60);
    for (const { id } of differences) expect(Number(id.slice(2))).toBeGreaterThanOrEqual(40);
    orderCloud.requests.length = 0;
    expect(await report({ sample: 10 })).toMatchObject({ missing: 0 });
    const listings = orderCloud.requests.filter(
      ({ path, query }) => path === '/products' && !query.has('ID'),
    );
    expect(listings).toHaveLength(2);
  });

  it('is interrupted in the middle of a listing, and leaves nothing behind', async () => {
    for (const id of numbered(150)) there(id);
    const folder = await temporaryFolder();
    const interrupt = new AbortController();
    orderCloud.onRequest = ({ query }) => {
      if (query.get('ID') === '>P-099') interrupt.abort();
    };
    expect(await run({}, { folder, interrupt })).toMatchObject({
      exitCode: 130,
      stdout: '',
      error: 'Interrupted. Nothing was changed.',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('says that it stopped when OrderCloud fails', async () => {
    for (const id of numbered(150)) there(id);
    orderCloud.onRequest = ({ query }) => {
      if (query.get('ID') === '>P-099') throw new Failure(400, 'Search.Broken', 'No listing today.');
    };
    const { exitCode, error, stderr } = await run();
    expect({ exitCode, error }).toEqual({ exitCode: 1, error: expect.stringContaining('Search.Broken') });
    expect(stderr).toContain('Stopped. Nothing was changed.');
  });

  it('names the role that is missing', async () => {
    await orderCloud.close();
    orderCloud = await startOrderCloud({ roles: ['PriceScheduleReader'] });
    const { exitCode, error, stdout } = await run();
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(error).toContain('ProductReader');
  });
});

describe('verify --repair', () => {
  it('needs a terminal or --yes', async () => {
    expect(await run({ repair: true })).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining('--yes'),
    });
    expect(orderCloud.requests).toEqual([]);
  });

  it('marks nothing as deleted that is not agreed to', async () => {
    there('MUG');
    await here('MUG');
    await here('EXTRA');
    const { exitCode, questions, stdout } = await run({ repair: true }, { answer: 'no' });
    expect(exitCode).toBe(1);
    expect(questions).toEqual([`Mark 1 product as deleted at ${cosmos.endpoint}?`]);
    expect(stdout).toContain('Nothing was marked as deleted.');
    expect((await cosmos.products.item('EXTRA', 'EXTRA').read()).resource).toMatchObject({ name: 'EXTRA' });
  });

  it('ends at once where Ctrl-C is the answer', async () => {
    for (const id of numbered(101)) there(id);
    await here('EXTRA');
    const { exitCode, questions } = await run({ repair: true }, { answer: 'interrupted' });
    expect({ exitCode, asked: questions.length }).toEqual({ exitCode: 130, asked: 1 });
  });

  it('tells what was done when OrderCloud can no longer be used', async () => {
    for (const id of ['A', 'B']) there(id);
    orderCloud.onRequest = ({ path }) => {
      if (path.endsWith('/sync')) throw new Failure(403, 'Auth.InsufficientRoles', 'No.');
    };
    const { exitCode, error, stdout, stderr } = await run({ repair: true, yes: true });
    expect({ exitCode, error }).toEqual({ exitCode: 1, error: expect.stringContaining('403') });
    expect(stdout).toContain('Not asked for: 2 products.');
    expect(stderr).not.toContain('Nothing was changed');
  });

  it('asks before it has more than a hundred products sent', async () => {
    for (const id of numbered(100)) there(id);
    expect((await run()).stdout).not.toContain('resync --all');
    there('ONE-MORE');
    expect((await run()).stdout).toContain('ordercloud-product-sync resync --all');
    const { questions, exitCode } = await run({ repair: true }, { answer: 'no' });
    expect(questions).toEqual([expect.stringContaining('Have OrderCloud send 101 products?')]);
    expect(exitCode).toBe(1);
    expect(orderCloud.requests.some(({ path }) => path.endsWith('/sync'))).toBe(false);
  });

  it('leaves a product that exists again, and one that a newer message has brought', async () => {
    there('MUG');
    await here('MUG');
    for (const id of ['AGAIN', 'NEWER', 'GONE']) await here(id);
    const answer = async () => {
      // While the person reads the question.
      there('AGAIN');
      const time = new Date(Date.now() + 60_000).toISOString();
      const newer = httpDelivery(envelope({ ProductID: 'NEWER', Name: 'newer' }), { time });
      await cosmos.products.items.upsert(toItem(changeFrom(newer), 14));
      return 'yes' as const;
    };
    const { exitCode, stdout } = await run({ repair: true, json: true }, { answer });
    expect(exitCode).toBe(1);
    const { tombstones } = JSON.parse(stdout).repair;
    expect(
      Object.fromEntries(
        tombstones.map((each: { productId: string; result: string }) => [each.productId, each.result]),
      ),
    ).toEqual({
      AGAIN: 'exists again',
      NEWER: 'changed meanwhile',
      GONE: 'deleted',
    });
    const read = async (id: string) => (await cosmos.products.item(id, id).read()).resource;
    expect(await read('NEWER')).toMatchObject({ name: 'newer' });
    expect(await read('GONE')).toMatchObject({ deleted: true, sync: { transport: 'verify' } });
  });

  it('marks nothing as deleted where OrderCloud lists nothing at all', async () => {
    await here('MUG');
    const { exitCode, stderr } = await run({ repair: true, yes: true });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('OrderCloud lists no product at all');
    expect((await cosmos.products.item('MUG', 'MUG').read()).resource).toMatchObject({ name: 'MUG' });
  });

  it('marks nothing as deleted where OrderCloud lists nothing, and a sample comes from the container alone', async () => {
    await here('MUG');
    const { stderr } = await run({ repair: true, yes: true, sample: 10, maxDeletions: 10 });
    expect(stderr).toContain('OrderCloud lists no product at all');
    expect(await tombstones()).toEqual([]);
  });

  it.each([{}, { sample: 200 }])(
    'takes a marketplace that has nearly nothing of the container for the wrong one, also with --yes: %o',
    async (flags) => {
      there('FOREIGN');
      // Nobody sends it, so that nobody waits for it.
      orderCloud.onRequest = ({ path }) => {
        if (path.endsWith('/sync')) throw new Failure(400, 'No', 'No.');
      };
      await Promise.all(numbered(50).map((id) => here(id)));
      const preview = await run(flags);
      expect(preview.stdout).toContain('--max-deletions 50');
      for (const more of [{ yes: true }, {}] as const) {
        const { exitCode, stderr, questions } = await run(
          { repair: true, ...more, ...flags },
          { answer: (question) => (question.startsWith('Mark') ? 'yes' : 'no') },
        );
        expect({ exitCode, questions }).toEqual({ exitCode: 1, questions: [] });
        expect(stderr).toContain('50 products of 50 compared here are not in OrderCloud; at most 10 may');
      }
      expect(await tombstones()).toEqual([]);
    },
  );

  it('marks a tenth of the container, and more where that is allowed', async () => {
    for (const id of numbered(120).slice(12)) there(id);
    await Promise.all(numbered(120).map((id) => here(id)));
    expect((await run({ repair: true, yes: true, maxDeletions: 11 })).exitCode).toBe(1);
    expect(await tombstones()).toEqual([]);
    expect((await run({ repair: true, yes: true })).exitCode).toBe(0);
    expect(await tombstones()).toHaveLength(12);
    for (const id of numbered(40)) orderCloud.marketplace.products.delete(id);
    expect((await run({ repair: true, yes: true })).exitCode).toBe(1);
    expect((await run({ repair: true, yes: true, maxDeletions: 28 })).exitCode).toBe(0);
    expect(await tombstones()).toHaveLength(40);
  });
});
