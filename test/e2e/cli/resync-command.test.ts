import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ResyncFlags } from '../../../cli/resync/choose.ts';
import { RESYNC_PROGRESS_FILE } from '../../../cli/resync/progress-file.ts';
import { resync } from '../../../cli/resync/run.ts';
import { toItem } from '../../../src/sync/change.ts';
import { startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { deadLetterFor } from '../../support/dead-letters.ts';
import { envelope, httpDelivery } from '../../support/deliveries.ts';
import { changeFrom } from '../../support/messages.ts';
import { addProducts, numbered } from '../../support/ordercloud/marketplace.ts';
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

/** What becomes of a product's message; nothing, unless a test says so. */
let arrive: (productId: string) => Promise<void>;

beforeEach(async () => {
  arrive = async () => {};
  orderCloud = await startOrderCloud({
    deliver: async ({ payload }) => arrive(String(payload.ProductID)),
  });
  const { marketplace } = orderCloud;
  marketplace.deliveryConfigs.set('sync', { ID: 'sync', Enabled: true, DeliveryTargets: {} });
  marketplace.productSync = { DeliveryConfigID: 'sync', SyncProductChanged: true, SyncProductDeleted: true };
});
afterEach(() => orderCloud.close());

const run = (ids: string[], flags: Partial<ResyncFlags> = {}, more: Partial<Options> = {}) =>
  runAt({ env: { ...orderCloud.env, COSMOS_CONNECTION_STRING: cosmos.connectionString }, ...more }, (at) =>
    resync(ids, { rate: 1000, ...flags }, at),
  );

const there = (...ids: string[]) => addProducts(orderCloud.marketplace, ...ids);

/** The products that OrderCloud was asked to send, in order. */
const asked = () =>
  orderCloud.requests
    .filter(({ path }) => path.endsWith('/sync'))
    .map(({ body }) => (body as { ProductID: string }).ProductID);

async function stored(ProductID: string): Promise<void> {
  const now = new Date().toISOString();
  const delivery = httpDelivery(envelope({ ProductID, Name: ProductID }), { time: now, receivedAt: now });
  await cosmos.products.items.upsert(toItem(changeFrom(delivery), 14));
}

describe('resync of products', () => {
  it('asks for each once, and tells what OrderCloud refuses', async () => {
    there('MUG', 'CUP');
    const { exitCode, stdout } = await run(['MUG', 'NONE', 'MUG', 'A/B', ' MUG ', 'CUP'], {
      wait: true,
      timeout: 1,
    });
    expect(exitCode).toBe(1);
    expect(asked()).toEqual(['MUG', 'NONE', 'CUP']);
    expect(stdout).toContain('OrderCloud was asked to send 2 products; not possible: 3.');
    expect(stdout).toMatch(/│ A\/B +│ was not asked for: the app takes only a product ID of 1 to 255 bytes/);
    expect(stdout).toMatch(/│ " MUG " +│ was not asked for: .* white space at its ends\./);
    expect(stdout).toMatch(/│ NONE +│ OrderCloud answered 404 NotFound/);
  });

  it('names white space in the secret where a message does not arrive', async () => {
    there('LATE');
    const { env } = orderCloud;
    const secret = { ORDERCLOUD_WEBHOOK_SECRETS: ' secret-from-variable' };
    const more = { env: { ...env, ...secret, COSMOS_CONNECTION_STRING: cosmos.connectionString } };
    const { exitCode, stdout } = await run(['LATE'], { wait: true, timeout: 1 }, more);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/If they come by webhook, the likely cause: \w+ begins or ends with white space/);
    expect(stdout).not.toContain('secret-from-variable');
  });

  it.each([
    [[], {}, 'Name products by ID'],
    [['MUG'], { all: true }, 'one of these at a time'],
    [[], { all: true, wait: true }, '--wait is not for --all'],
    [['MUG'], { timeout: 5 }, '--timeout goes with --wait'],
    [['MUG'], { restart: true }, 'go with --all'],
    [[], { all: true }, 'no terminal to ask at: pass --yes'],
  ] as const)('of %j with %o is a wrong use', async (ids, flags, message) => {
    expect(await run([...ids], flags)).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining(message),
    });
    expect(orderCloud.requests).toEqual([]);
  });

  it.each([
    [null, 'Product sync is not configured'],
    [{ Paused: true }, 'ordercloud-product-sync resume'],
    [{ SyncProductChanged: false }, 'SyncProductChanged=true'],
  ])('asks for nothing where OrderCloud sends nothing: %o', async (config, message) => {
    there('MUG');
    const { marketplace } = orderCloud;
    marketplace.productSync = config && { ...marketplace.productSync, ...config };
    expect(await run(['MUG'])).toMatchObject({ exitCode: 1, error: expect.stringContaining(message) });
    expect(asked()).toEqual([]);
  });

  it('asks before more than a hundred, and without a terminal names the flag', async () => {
    expect(await run(numbered(101))).toMatchObject({ exitCode: 2, error: expect.stringContaining('--yes') });
    const refused = await run(numbered(101), {}, { answer: 'no' });
    expect(refused).toMatchObject({ exitCode: 1, questions: [expect.stringContaining('101 products')] });
    expect(asked()).toEqual([]);
  });

  it('goes on after a refusal for too many calls, and keeps the rate that was asked for', async () => {
    there('MUG', 'CUP');
    orderCloud.faults.next({ status: 429, headers: { 'retry-after': '0' } }, { path: /sync$/ });
    expect(await run(['MUG', 'CUP'])).toMatchObject({ exitCode: 0 });
    expect(new Set(asked())).toEqual(new Set(['MUG', 'CUP']));
  });

  it('tells what was done when OrderCloud can no longer be used', async () => {
    there('MUG', 'CUP');
    orderCloud.onRequest = ({ body }) => {
      if ((body as { ProductID?: string } | undefined)?.ProductID !== 'CUP') return;
      throw new Failure(403, 'Auth.InsufficientRoles', 'No.');
    };
    const { exitCode, error, stdout } = await run(['MUG', 'CUP', 'POT']);
    expect({ exitCode, error }).toEqual({ exitCode: 1, error: expect.stringContaining('403') });
    expect(stdout).toContain('OrderCloud was asked to send 1 product.\nNot asked for: 2 products.');
  });
});

describe('resync --wait', () => {
  it('waits for the new message of each, not for what was there before', async () => {
    there('MUG', 'CUP');
    await stored('MUG');
    arrive = stored;
    const { exitCode, stdout } = await run(['MUG', 'CUP'], { wait: true });
    expect({ exitCode }).toEqual({ exitCode: 0 });
    expect(stdout).toMatch(/Arrived: 2 of 2, half of them within \d+\.\d s/);
  });

  it('tells which became a dead letter, and which have not arrived in time', async () => {
    there('BAD', 'LOST');
    await stored('LOST');
    await cosmos.stores.deadLetters.keep(deadLetterFor('LOST', { sequence: 1 }));
    arrive = async (productId) => {
      if (productId === 'BAD') await cosmos.stores.deadLetters.keep(deadLetterFor('BAD', { sequence: 2 }));
    };
    const { exitCode, stdout } = await run(['BAD', 'LOST'], { wait: true, timeout: 1, json: true });
    expect(exitCode).toBe(1);
    const { arrivals } = JSON.parse(stdout);
    const byProduct = new Map(arrivals.map((one: { productId: string }) => [one.productId, one]));
    expect(byProduct.get('BAD')).toMatchObject({ kind: 'dead-letter', reason: 'wrong-marketplace' });
    expect(byProduct.get('LOST')).toMatchObject({ kind: 'not yet' });
  });
});

it('tells a webhook that is refused again with the same body, whose dead letter is the same', async () => {
  there('AGAIN', 'OLD');
  const kept = { AGAIN: deadLetterFor('AGAIN', { sequence: 1 }), OLD: deadLetterFor('OLD', { sequence: 2 }) };
  for (const deadLetter of Object.values(kept)) await cosmos.stores.deadLetters.keep(deadLetter);
  arrive = async (productId) => {
    if (productId !== 'AGAIN') return;
    const now = new Date().toISOString();
    await cosmos.deadLetters.items.upsert({ ...kept.AGAIN, time: now, receivedAt: now });
  };
  const { exitCode, stdout } = await run(['AGAIN', 'OLD'], { wait: true, timeout: 1, json: true });
  expect(exitCode).toBe(1);
  const { arrivals } = JSON.parse(stdout);
  expect(new Map(arrivals.map((one: { productId: string }) => [one.productId, one]))).toEqual(
    new Map<string, unknown>([
      ['AGAIN', expect.objectContaining({ kind: 'dead-letter', deadLetterId: kept.AGAIN.id })],
      ['OLD', { productId: 'OLD', kind: 'not yet' }],
    ]),
  );
});

describe('resync of a choice', () => {
  it('asks for every product with a dead letter, once', async () => {
    const { resources } = await cosmos.deadLetters.items.query<string>('SELECT VALUE c.id FROM c').fetchAll();
    await Promise.all(resources.map((id) => cosmos.deadLetters.item(id, id).delete()));
    there('MUG', 'CUP');
    for (const [id, sequence] of [
      ['MUG', 1],
      ['MUG', 2],
      ['CUP', 3],
    ] as const) {
      await cosmos.stores.deadLetters.keep(deadLetterFor(id, { sequence }));
    }
    await cosmos.stores.deadLetters.keep(deadLetterFor('MUG', { sequence: 4 }, { productId: null }));
    const { exitCode, stderr } = await run([], { deadLetters: true });
    expect({ exitCode, asked: asked().sort() }).toEqual({ exitCode: 0, asked: ['CUP', 'MUG'] });
    expect(stderr).toContain('2 products with dead letters');
    expect(stderr).toContain('Without a product ID: 1 dead letter');
  });

  it('asks for every product below a schema version', async () => {
    there('OLD');
    await cosmos.products.items.upsert({ id: 'OLD', schemaVersion: 0 });
    await stored('NEW');
    expect(await run([], { schemaBelow: 1 })).toMatchObject({ exitCode: 0 });
    expect(asked()).toEqual(['OLD']);
    orderCloud.requests.length = 0;
    expect(await run([], { all: true, schemaBelow: 1 })).toMatchObject({ exitCode: 0 });
    expect(asked()).toEqual(['OLD']);
  });
});

describe('resync --all', () => {
  it('says what it is about to do, and does nothing without a yes', async () => {
    there(...numbered(120));
    const { exitCode, stderr, questions } = await run([], { all: true, rate: 2 }, { answer: 'no' });
    expect(exitCode).toBe(1);
    expect(questions).toEqual(['Start?']);
    expect(stderr).toContain('OrderCloud lists 120 products. Asking for each at 2 a second takes about 60s.');
    expect(stderr).toContain('the full sync of its portal is the alternative');
    expect(asked()).toEqual([]);
  });

  it('asks for all, and leaves no file behind', async () => {
    there(...numbered(205));
    const folder = await temporaryFolder();
    const { exitCode, stdout } = await run([], { all: true, yes: true }, { folder });
    expect(exitCode).toBe(0);
    expect(asked()).toEqual(numbered(205));
    expect(stdout).toContain('OrderCloud was asked to send 205 products.');
    expect(stdout).toContain('ordercloud-product-sync verify');
    expect(existsSync(join(folder, RESYNC_PROGRESS_FILE))).toBe(false);
  });

  it('goes on where it was interrupted, over a token that ran out', async () => {
    there(...numbered(205));
    const folder = await temporaryFolder();
    const interrupt = new AbortController();
    orderCloud.onRequest = ({ body }) => {
      const { ProductID } = (body ?? {}) as { ProductID?: string };
      if (ProductID === 'P-050') orderCloud.tokens.revokeAll();
      if (ProductID === 'P-101') interrupt.abort();
    };
    const stopped = await run([], { all: true, yes: true }, { folder, interrupt });
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stdout).toContain('Not asked for: 104 products.');
    expect(stopped.stdout).toContain(join(folder, RESYNC_PROGRESS_FILE));

    orderCloud.onRequest = () => {};
    orderCloud.requests.length = 0;
    const { exitCode, stdout, stderr } = await run([], { all: true, yes: true, json: true }, { folder });
    expect(exitCode).toBe(0);
    expect(asked()).toEqual(numbered(205).slice(101));
    expect(stderr).toContain('Going on after 101 of the run of');
    expect(JSON.parse(stdout)).toMatchObject({
      requested: 205,
      refused: [],
      notAsked: 0,
      progressFile: null,
    });
  });

  it('takes no other file for its progress, and leaves it alone', async () => {
    there(...numbered(3));
    const folder = await temporaryFolder();
    const path = join(folder, 'notes.json');
    await writeFile(path, '{"mine":true}');
    const { exitCode, error } = await run([], { all: true, yes: true, progress: 'notes.json' }, { folder });
    expect({ exitCode, error }).toEqual({
      exitCode: 2,
      error: `${path} is no progress file of this program. Name another with --progress.`,
    });
    expect(await readFile(path, 'utf8')).toBe('{"mine":true}');
    expect(asked()).toEqual([]);
  });

  it('keeps what was refused over an interruption', async () => {
    there(...numbered(4), 'A?B');
    const folder = await temporaryFolder();
    const interrupt = new AbortController();
    orderCloud.onRequest = ({ body }) => {
      if ((body as { ProductID?: string } | undefined)?.ProductID === 'P-002') interrupt.abort();
    };
    await run([], { all: true, yes: true }, { folder, interrupt });
    orderCloud.onRequest = () => {};
    const { exitCode, stdout } = await run([], { all: true, yes: true, json: true }, { folder });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ requested: 4, refused: [{ productId: 'A?B' }], notAsked: 0 });
  });

  it('leaves the progress of another marketplace alone', async () => {
    there(...numbered(3));
    const folder = await temporaryFolder();
    const interrupt = new AbortController();
    orderCloud.onRequest = ({ body }) => {
      if ((body as { ProductID?: string } | undefined)?.ProductID === 'P-001') interrupt.abort();
    };
    await run([], { all: true, yes: true }, { folder, interrupt });
    await orderCloud.close();
    orderCloud = await startOrderCloud();
    orderCloud.marketplace.productSync = { SyncProductChanged: true };
    const { exitCode, error } = await run([], { all: true, yes: true }, { folder });
    expect({ exitCode, error }).toEqual({
      exitCode: 2,
      error: expect.stringContaining('another OrderCloud'),
    });
    expect(await run([], { all: true, yes: true, restart: true }, { folder })).toMatchObject({ exitCode: 0 });
  });
});
