import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { receiveBatch } from '../../../src/receive/receive-batch.ts';
import { StoreUnavailableError } from '../../../src/store/store-errors.ts';
import type { SyncParts } from '../../../src/sync/sync-batch.ts';
import { ignoredTypesCounter } from '../../../src/telemetry/ignored-types.ts';
import { eventHubDelivery, PRODUCT_UPDATED } from '../../support/deliveries.ts';
import { recordingLog } from '../../support/log.ts';
import { memoryStores } from '../../support/memory-stores.ts';
import { updateOf } from '../../support/messages.ts';
import { type RecordedTelemetry, recordTelemetry } from '../../support/recorded-telemetry.ts';
import { syncSettings } from '../../support/settings.ts';

let telemetry: RecordedTelemetry;
beforeEach(() => {
  telemetry = recordTelemetry();
});
afterEach(() => telemetry.end());

const POLICY = { budgetMs: 1_000, firstDelayMs: 1, maxDelayMs: 1 };
const transport = 'eventhub';

function partsWith(products: Partial<SyncParts['products']> = {}, policy = POLICY): SyncParts {
  const stores = memoryStores();
  return {
    deadLetters: stores.deadLetters,
    products: { ...stores.products, ...products },
    log: recordingLog(),
    policy,
    settings: syncSettings(),
  };
}

it('a batch is counted by transport and outcome, and measured', async () => {
  const bad = eventHubDelivery({ payload: { ProductID: 7 } }, { sequence: 2 });
  await receiveBatch(partsWith(), [updateOf('KETTLE', 'Kettle'), bad]);
  expect(await telemetry.points('productsync.messages')).toMatchObject([
    { attributes: { transport, outcome: 'created' }, value: 1 },
    { attributes: { transport, outcome: 'dead-lettered', reason: 'invalid-message' }, value: 1 },
  ]);
  expect(await telemetry.points('productsync.dead_letters')).toMatchObject([
    { attributes: { transport, reason: 'invalid-message' }, value: 1 },
  ]);
  expect(await telemetry.points('productsync.write.duration')).toMatchObject([
    { attributes: { transport, outcome: 'created' }, value: { count: 1 } },
  ]);
  expect(await telemetry.points('productsync.batch.size')).toMatchObject([
    { attributes: { transport }, value: { sum: 2 } },
  ]);
  expect(await telemetry.points('productsync.batch.duration')).toMatchObject([
    { attributes: { transport }, value: { count: 1 } },
  ]);
  expect(await telemetry.points('productsync.lag')).toMatchObject([
    { attributes: { transport, stream: 'eventhub/products/0' }, value: { count: 1 } },
  ]);
  expect(await telemetry.points('productsync.batches.incomplete')).toEqual([]);
});

it('each further attempt is counted by what made it necessary', async () => {
  let reads = 0;
  const { products } = memoryStores();
  const cause = Object.assign(new Error('throttled'), { code: 429 });
  const parts = partsWith({
    read: async (id) => {
      reads += 1;
      if (reads <= 2) throw new StoreUnavailableError('Cosmos DB cannot be used right now (429).', { cause });
      return products.read(id);
    },
  });
  await receiveBatch(parts, [updateOf('KETTLE', 'Kettle')]);
  expect(await telemetry.points('productsync.retries')).toMatchObject([
    { attributes: { 'error.type': '429' }, value: 2 },
  ]);
});

it('a batch that leaves something over is counted, and its product as failed', async () => {
  const read = async () => {
    throw new StoreUnavailableError('Cosmos DB cannot be used right now (503).');
  };
  const parts = partsWith({ read }, { ...POLICY, budgetMs: 20 });
  const receiving = receiveBatch(parts, [updateOf('KETTLE', 'Kettle')]);
  await expect(receiving).rejects.toThrow('1 of 1');
  expect(await telemetry.points('productsync.batches.incomplete')).toMatchObject([
    { attributes: { transport }, value: 1 },
  ]);
  expect(await telemetry.points('productsync.write.duration')).toMatchObject([
    { attributes: { transport, outcome: 'failed' } },
  ]);
  expect(await telemetry.points('productsync.messages')).toEqual([]);
});

it('ignored messages are counted by type, under a bounded number of names', async () => {
  const { count } = ignoredTypesCounter();
  for (let index = 0; index < 100; index += 1) count(`type-${index}`);
  count('type-0');
  count(null);
  const points = await telemetry.points('productsync.messages.ignored');
  const counted = Object.fromEntries(points.map(({ attributes, value }) => [attributes.type, value]));
  expect(Object.keys(counted)).toHaveLength(21);
  expect(counted).toMatchObject({ 'type-0': 2, 'type-19': 1, other: 81 });
});

it('near misses of a product type are kept, for a bounded number of names', () => {
  const { count, nearMisses } = ignoredTypesCounter();
  for (const type of ['order.submitted', null, PRODUCT_UPDATED.toUpperCase(), PRODUCT_UPDATED.toUpperCase()])
    count(type);
  expect(nearMisses()).toEqual([{ type: PRODUCT_UPDATED.toUpperCase(), count: 2 }]);
  for (let spaces = 1; spaces < 100; spaces += 1) count(PRODUCT_UPDATED.padStart(60 + spaces));
  expect(nearMisses()).toHaveLength(20);
});
