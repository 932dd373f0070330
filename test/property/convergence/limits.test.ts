import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/message/delivery.ts';
import { StoreRefusedError } from '../../../src/store/store-errors.ts';
import { syncBatch } from '../../../src/sync/sync-batch.ts';
import { recordingLog } from '../../support/log.ts';
import { memoryStores } from '../../support/memory-stores.ts';
import { updateOf } from '../../support/messages.ts';
import { syncSettings } from '../../support/settings.ts';

// What the histories of the convergence test leave out, each with the message that would be lost. Whoever mends one
// of these may widen the histories: in plan.ts, choose-batch.ts and fate.ts of test/support/convergence.

const SETTINGS = syncSettings({ writeConcurrency: 1 });

/** A store, some of whose reads are old; `sync` settles a batch and gives the outcomes, `name` what is stored. */
function receiver() {
  let oldVersion: number | null = null;
  const stores = memoryStores((latest) => oldVersion ?? latest);
  const create: typeof stores.products.create = async (item) => {
    if ('name' in item && item.name === 'refused') throw new StoreRefusedError('Cosmos DB refuses it (400).');
    return stores.products.create(item);
  };
  const parts = {
    ...stores,
    products: { ...stores.products, create },
    settings: SETTINGS,
    log: recordingLog(),
  };
  return {
    sync: async (deliveries: Delivery[], readVersion: number | null = null) => {
      oldVersion = readVersion;
      const policy = { budgetMs: 10_000, firstDelayMs: 1, maxDelayMs: 1 };
      const { settled } = await syncBatch({ ...parts, policy }, deliveries);
      return settled.map((each) => each?.outcome);
    },
    name: () => (stores.items.get('P1') as { name?: string } | undefined)?.name,
  };
}

const update = (name: string, partition: string, sequence: number, time: string) =>
  updateOf('P1', name, { partition, sequence, time: `2026-11-22T${time}Z` });

describe('where a product comes by several streams, and the time of one of them runs back', () => {
  const other = update('other stream', '1', 1, '12:03:00.000');
  const first = update('first', '0', 1, '12:04:00.000');
  const second = update('second', '0', 2, '12:02:00.000');

  it('the newest is stored when every read is fresh', async () => {
    const { sync, name } = receiver();
    for (const delivery of [other, first, second]) await sync([delivery]);
    expect(name()).toBe('second');
  });

  it('an old read loses it: found older than another stream’s, it is never written', async () => {
    const { sync, name } = receiver();
    await sync([other]);
    await sync([first]);
    expect(await sync([second], 1)).toEqual(['stale']);
    expect(name()).toBe('first');
  });

  it('a batch of both streams loses it: its own stream’s later time is in the store, not in the batch', async () => {
    const { sync, name } = receiver();
    await sync([first]);
    expect(await sync([second, other])).toEqual(['superseded', 'stale']);
    expect(name()).toBe('first');
  });

  it('how batches are cut decides whether a refused message lends its time to the next', async () => {
    const refused = update('refused', '0', 1, '12:04:00.000');
    const together = receiver();
    await together.sync([refused, second]);
    await together.sync([other]);
    expect(together.name()).toBe('second');
    const apart = receiver();
    for (const delivery of [refused, second, other]) await apart.sync([delivery]);
    expect(apart.name()).toBe('other stream');
  });
});

describe('a hub recreated under the same name', () => {
  const old = update('old hub', '0', 900, '12:00:00.000');

  it('needs more than 5 minutes', async () => {
    const { sync, name } = receiver();
    await sync([old]);
    expect(await sync([update('new hub', '0', 1, '12:05:00.001')])).toEqual(['updated']);
    expect(name()).toBe('new hub');
  });

  it('loses its first messages with exactly 5 minutes', async () => {
    const { sync, name } = receiver();
    await sync([old]);
    expect(await sync([update('new hub', '0', 1, '12:05:00.000')])).toEqual(['stale']);
    expect(name()).toBe('old hub');
  });
});
