import { expect, it, onTestFinished } from 'vitest';
import type { Delivery } from '../../../src/message/delivery.ts';
import { writeTombstone } from '../../../src/operate/write-tombstone.ts';
import type { ProductStore } from '../../../src/store/product-store.ts';
import { syncBatch } from '../../../src/sync/sync-batch.ts';
import { startTestCosmos } from '../../support/cosmos.ts';
import { recordingLog } from '../../support/log.ts';
import { memoryStores } from '../../support/memory-stores.ts';
import { deleteOf, updateOf } from '../../support/messages.ts';
import { syncSettings } from '../../support/settings.ts';

const AT_NOON = '2026-11-22T12:00:00.000Z';
const LATER = '2026-11-22T12:00:01.000Z';

const policy = { budgetMs: 10_000, firstDelayMs: 1, maxDelayMs: 5 };
const settings = syncSettings({ writeConcurrency: 1 });

async function arrive(products: ProductStore, delivery: Delivery): Promise<void> {
  const { deadLetters } = memoryStores();
  await syncBatch({ products, deadLetters, policy, settings, log: recordingLog() }, [delivery]);
}

const confirmedAt = new Date(LATER);

it('marks a product as deleted under the time at which its absence was confirmed', async () => {
  const { products, items } = memoryStores();
  await arrive(products, updateOf('MUG', 'Mug', { time: AT_NOON }));
  expect(await writeTombstone({ products, settings, policy }, 'MUG', confirmedAt)).toBe('deleted');
  expect(items.get('MUG')).toEqual({
    id: 'MUG',
    deleted: true,
    ttl: 14 * 86_400,
    sync: {
      messageType: null,
      transport: 'verify',
      stream: 'verify',
      sequence: null,
      time: LATER,
      receivedAt: expect.any(String),
      contentHash: null,
      warnings: [],
    },
  });
});

it('leaves what is stored with a later time', async () => {
  const { products, items } = memoryStores();
  await arrive(products, updateOf('MUG', 'Mug', { time: '2026-11-22T12:00:01.001Z' }));
  expect(await writeTombstone({ products, settings, policy }, 'MUG', confirmedAt)).toBe('stale');
  expect(items.get('MUG')).toMatchObject({ name: 'Mug' });
});

async function realStore(): Promise<ProductStore> {
  const cosmos = await startTestCosmos();
  onTestFinished(() => cosmos.close());
  return cosmos.stores.products;
}

it.each([
  ['in memory', async () => memoryStores().products],
  ['in Cosmos DB', realStore],
])('loses to a newer message that arrives between its read and its write, %s', async (_, open) => {
  const products = await open();
  await arrive(products, updateOf('MUG', 'Mug', { time: AT_NOON }));
  const newer = updateOf('MUG', 'Newer', { sequence: 2, time: '2026-11-22T12:00:02.000Z' });
  let reads = 0;
  const racing: ProductStore = {
    ...products,
    async read(id) {
      const stored = await products.read(id);
      reads += 1;
      if (reads === 1) await arrive(products, newer);
      return stored;
    },
  };
  expect(await writeTombstone({ products: racing, settings, policy }, 'MUG', confirmedAt)).toBe('stale');
  expect(reads).toBe(2);
  expect(await products.read('MUG')).toMatchObject({ deleted: false, sync: { time: newer.time } });
});

it('gives way to a newer message that arrives afterwards, and to no older one', async () => {
  const { products, items } = memoryStores();
  await arrive(products, updateOf('MUG', 'Mug', { time: AT_NOON }));
  await writeTombstone({ products, settings, policy }, 'MUG', confirmedAt);
  await arrive(products, updateOf('MUG', 'Older', { sequence: 2, time: '2026-11-22T12:00:00.999Z' }));
  expect(items.get('MUG')).toMatchObject({ deleted: true });
  await arrive(products, updateOf('MUG', 'Newer', { sequence: 3, time: '2026-11-22T12:00:01.001Z' }));
  expect(items.get('MUG')).toMatchObject({ name: 'Newer' });
});

it('takes the place of the tombstone of a message before it', async () => {
  const { products, items } = memoryStores();
  await arrive(products, deleteOf('MUG', { time: AT_NOON }));
  expect(await writeTombstone({ products, settings, policy }, 'MUG', confirmedAt)).toBe('deleted');
  expect(items.get('MUG')).toMatchObject({ sync: { stream: 'verify' } });
});
