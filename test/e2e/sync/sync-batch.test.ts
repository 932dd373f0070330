import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/message/delivery.ts';
import type { ProductStore } from '../../../src/store/product-store.ts';
import { StoreRefusedError, StoreUnavailableError } from '../../../src/store/store-errors.ts';
import type { RetryPolicy } from '../../../src/sync/retry.ts';
import { type SyncParts, syncBatch } from '../../../src/sync/sync-batch.ts';
import { startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { envelope, eventHubDelivery, httpDelivery, PRODUCT_DELETED } from '../../support/deliveries.ts';
import { type LogLine, recordingLog } from '../../support/log.ts';
import { memoryStores } from '../../support/memory-stores.ts';
import { deleteOf, updateOf } from '../../support/messages.ts';
import { syncSettings } from '../../support/settings.ts';

const QUICK: RetryPolicy = { budgetMs: 2_000, firstDelayMs: 1, maxDelayMs: 2 };
const SETTINGS = syncSettings({ marketplaceId: 'roastery' });

let cosmos: TestCosmos;
beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

type Overrides = { products?: Partial<ProductStore>; policy?: RetryPolicy };

/** Runs a batch on stores in memory, some of whose calls are replaced. */
function inMemory({ products = {}, policy = QUICK }: Overrides = {}) {
  const stores = memoryStores();
  const lines: LogLine[] = [];
  const parts: SyncParts = {
    products: { ...stores.products, ...products },
    deadLetters: stores.deadLetters,
    policy,
    settings: SETTINGS,
    log: recordingLog(lines),
  };
  return {
    stores,
    lines,
    sync: async (deliveries: Delivery[]) => (await syncBatch(parts, deliveries)).settled,
    run: (deliveries: Delivery[]) => syncBatch(parts, deliveries),
  };
}

/** The same delivery, whose body keeps the processor busy for so long. */
function slowToDecode(delivery: Delivery, forMs: number): Delivery {
  const { body } = delivery;
  return Object.defineProperty({ ...delivery }, 'body', {
    get() {
      const end = performance.now() + forMs;
      while (performance.now() < end);
      return body;
    },
  });
}

const refuses =
  (name: string) =>
  (stores: ProductStore): Partial<ProductStore> => ({
    create: async (item, options) => {
      if ('name' in item && item.name === name)
        throw new StoreRefusedError('Cosmos DB refuses this item (400).');
      return stores.create(item, options);
    },
  });

describe('a batch', () => {
  it('settles every kind of message in Cosmos DB, in the order given', async () => {
    const parts: SyncParts = { ...cosmos.stores, policy: QUICK, settings: SETTINGS, log: recordingLog() };
    const { settled } = await syncBatch(parts, [
      updateOf('MOKA-3', 'Moka Express', { sequence: 1 }),
      eventHubDelivery({ payload: { ProductID: 'MOKA-3', Name: 7 } }, { sequence: 2 }),
      eventHubDelivery(
        { type: 'sitecore.ordercloud.messages.order.submitted', payload: {} },
        { sequence: 3 },
      ),
      updateOf('MOKA-6', 'Moka Express', { sequence: 4 }),
      deleteOf('MOKA-6', { sequence: 5 }),
      eventHubDelivery({ payload: { ProductID: 'MOKA-9', Marketplace: 'bakery' } }, { sequence: 6 }),
    ]);
    expect(settled.map((each) => [each?.outcome, each?.productId])).toEqual([
      ['created', 'MOKA-3'],
      ['dead-lettered', 'MOKA-3'],
      ['ignored', null],
      ['superseded', 'MOKA-6'],
      ['deleted', 'MOKA-6'],
      ['dead-lettered', 'MOKA-9'],
    ]);
    const { resource: product } = await cosmos.products.item('MOKA-3', 'MOKA-3').read();
    expect(product).toMatchObject({ name: 'Moka Express', marketplace: 'roastery', sync: { sequence: 1 } });
    const { resources } = await cosmos.deadLetters.items
      .query('SELECT c.reason, c.productId FROM c')
      .fetchAll();
    expect(resources).toHaveLength(2);
    expect(resources).toContainEqual({ reason: 'invalid-message', productId: 'MOKA-3' });
    expect(resources).toContainEqual({ reason: 'wrong-marketplace', productId: 'MOKA-9' });
  });

  it('writes the next newest when the store refuses the newest for good', async () => {
    const memory = memoryStores();
    const { stores, sync } = inMemory({
      products: { ...memory.products, ...refuses('third')(memory.products) },
    });
    const settled = await sync([
      updateOf('V60', 'first', { sequence: 1 }),
      updateOf('V60', 'third', { sequence: 3 }),
      updateOf('V60', 'second', { sequence: 2 }),
    ]);
    expect(settled.map((each) => each?.outcome)).toEqual(['superseded', 'dead-lettered', 'created']);
    expect(memory.items.get('V60')).toMatchObject({ name: 'second', sync: { sequence: 2 } });
    expect([...stores.deadLetterItems.values()]).toMatchObject([{ reason: 'store-refused', sequence: 3 }]);
  });

  it('never stores a document that is too large, and says so before the write is tried', async () => {
    const { stores, sync } = inMemory();
    const payload = { ProductID: 'V60', xp: { manual: 'x'.repeat(2_000_000) } };
    const [settled] = await sync([httpDelivery(envelope(payload))]);
    expect(settled).toMatchObject({ outcome: 'dead-lettered', rejection: { reason: 'document-too-large' } });
    expect(stores.items.size).toBe(0);
    expect([...stores.deadLetterItems.values()]).toMatchObject([
      { bodyEncoding: 'gzip-base64', truncated: false },
    ]);
  });

  it('leaves the others settled when one product cannot be written, and names what is left', async () => {
    const memory = memoryStores();
    const { run } = inMemory({
      policy: { ...QUICK, budgetMs: 40 },
      products: {
        ...memory.products,
        read: async (id) => {
          if (id === 'V60') throw new StoreUnavailableError('Cosmos DB cannot be used right now (503).');
          return memory.products.read(id);
        },
      },
    });
    const { settled, problem } = await run([updateOf('V60', 'a'), updateOf('CHEMEX-6', 'b')]);
    expect(settled.map((each) => each?.outcome)).toEqual([undefined, 'created']);
    expect(problem).toBe(
      '1 of 2 messages could not be settled yet: Cosmos DB cannot be used right now (503).',
    );
    expect(memory.items.has('CHEMEX-6')).toBe(true);
  });

  it.each([
    ['what is transient', new StoreUnavailableError('Cosmos DB cannot be used right now (449).')],
    ['what nobody foresaw', new TypeError('undefined is not a function')],
  ])('tries again within the budget: %s', async (_, error) => {
    const memory = memoryStores();
    let failures = 3;
    const { sync } = inMemory({
      products: {
        ...memory.products,
        create: async (item) => {
          failures -= 1;
          if (failures >= 0) throw error;
          return memory.products.create(item);
        },
      },
    });
    expect(await sync([updateOf('V60', 'a')])).toMatchObject([{ outcome: 'created' }]);
  });

  it('ends with the budget when the store hangs', async () => {
    const { run } = inMemory({
      policy: { ...QUICK, budgetMs: 30 },
      products: { read: () => new Promise(() => {}) },
    });
    expect((await run([updateOf('V60', 'a')])).problem).toContain('No answer within the time budget');
  });

  it('has its whole budget for the store, however long decoding takes', async () => {
    const memory = memoryStores();
    const { sync } = inMemory({
      policy: { ...QUICK, budgetMs: 50 },
      products: {
        ...memory.products,
        read: async (id) => {
          // Behind all timers that have run out.
          await new Promise((resolve) => setTimeout(resolve));
          return memory.products.read(id);
        },
      },
    });
    expect(await sync([slowToDecode(updateOf('V60', 'a'), 60)])).toMatchObject([{ outcome: 'created' }]);
  });

  it('decides again after a lost race, and gives up as transient after five', async () => {
    const memory = memoryStores();
    let reads = 0;
    const { run } = inMemory({
      policy: { budgetMs: 1, firstDelayMs: 50, maxDelayMs: 50 },
      products: {
        read: async () => {
          reads += 1;
          return null;
        },
        create: async () => 'conflict',
      },
    });
    expect((await run([updateOf('V60', 'a')])).problem).toContain('Lost 5 races');
    expect(reads).toBe(5);
    expect(memory.items.size).toBe(0);
  });

  it('resolves a race by a fresh read: the older message loses', async () => {
    const memory = memoryStores();
    let overtaken = false;
    const { sync } = inMemory({
      products: {
        ...memory.products,
        create: async (item) => {
          if (!overtaken) {
            overtaken = true;
            // Another worker is quicker, with the newer message.
            await syncBatch({ ...memory, policy: QUICK, settings: SETTINGS, log: recordingLog() }, [
              updateOf('V60', 'newer', { sequence: 9 }),
            ]);
          }
          return memory.products.create(item);
        },
      },
    });
    expect(await sync([updateOf('V60', 'older', { sequence: 8 })])).toMatchObject([{ outcome: 'stale' }]);
    expect(memory.items.get('V60')).toMatchObject({ name: 'newer' });
  });

  it('writes products side by side, at most as many as configured, and never one product twice at a time', async () => {
    const memory = memoryStores();
    let running = 0;
    let most = 0;
    const busy = new Set<string>();
    const { sync } = inMemory({
      products: {
        ...memory.products,
        create: async (item) => {
          expect(busy.has(item.id)).toBe(false);
          busy.add(item.id);
          running += 1;
          most = Math.max(most, running);
          await new Promise(setImmediate);
          running -= 1;
          busy.delete(item.id);
          return memory.products.create(item);
        },
      },
    });
    const deliveries = Array.from({ length: 40 }, (_, index) =>
      updateOf(`CUP-${index % 20}`, 'Cup', { sequence: index }),
    );
    await sync(deliveries);
    expect(most).toBe(SETTINGS.writeConcurrency);
    expect(memory.items.size).toBe(20);
  });

  it('replaces an item that somebody else wrote, and logs it', async () => {
    await cosmos.products.items.create({ id: 'FOREIGN-1', name: 'by hand' });
    const lines: LogLine[] = [];
    const parts: SyncParts = {
      ...cosmos.stores,
      policy: QUICK,
      settings: SETTINGS,
      log: recordingLog(lines),
    };
    const { settled } = await syncBatch(parts, [updateOf('FOREIGN-1', 'ours')]);
    expect(settled).toMatchObject([{ outcome: 'updated' }]);
    expect(lines).toContainEqual({
      level: 'warn',
      event: 'an item whose sync cannot be read is replaced',
      fields: { productId: 'FOREIGN-1' },
    });
  });

  it('logs each message with product, stream, sequence and outcome, and nothing of its payload', async () => {
    const { lines, sync } = inMemory();
    await sync([
      updateOf('V60', 'SECRET-NAME', { sequence: 1 }),
      eventHubDelivery({ payload: { ProductID: 'V61', Name: { SECRET: 'NAME' } } }, { sequence: 2 }),
      deleteOf('V62', { sequence: 3 }),
    ]);
    const stream = 'eventhub/products/0';
    const deadLetterId = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(lines).toHaveLength(3);
    expect(lines.map(({ fields }) => fields)).toEqual(
      expect.arrayContaining([
        { productId: 'V60', stream, sequence: 1, outcome: 'created' },
        {
          productId: 'V61',
          stream,
          sequence: 2,
          outcome: 'dead-lettered',
          reason: 'invalid-message',
          deadLetterId,
        },
        { productId: 'V62', stream, sequence: 3, outcome: 'deleted' },
      ]),
    );
    expect(JSON.stringify(lines)).not.toContain('SECRET');
  });

  it('settles an empty batch', async () => {
    expect(await inMemory().sync([])).toEqual([]);
  });
});

describe('two webhooks for one product at the same instant', () => {
  it('end with one of them stored whole, and neither lost to an error', async () => {
    const parts: SyncParts = { ...cosmos.stores, policy: QUICK, settings: SETTINGS, log: recordingLog() };
    const both = ['first', 'second'].map((name) =>
      syncBatch(parts, [httpDelivery(envelope({ ProductID: 'RACE', Name: name }))]),
    );
    const outcomes = (await Promise.all(both)).map(({ settled }) => settled[0]?.outcome);
    expect(outcomes.sort()).toEqual(['created', 'updated']);
  });

  it('a delete by webhook leaves a tombstone that a late event cannot undo', async () => {
    const parts: SyncParts = { ...cosmos.stores, policy: QUICK, settings: SETTINGS, log: recordingLog() };
    await syncBatch(parts, [httpDelivery(envelope({ ProductID: 'LATE' }, PRODUCT_DELETED))]);
    const late = updateOf('LATE', 'late', { time: '2026-11-22T11:00:00.000Z' });
    expect((await syncBatch(parts, [late])).settled).toMatchObject([{ outcome: 'stale' }]);
  });
});
