import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/message/delivery.ts';
import { syncBatch } from '../../../src/sync/sync-batch.ts';
import { type WriteMemory, writeMemory } from '../../../src/sync/write-memory.ts';
import { httpDelivery } from '../../support/deliveries.ts';
import { recordingLog } from '../../support/log.ts';
import { memoryStores } from '../../support/memory-stores.ts';
import { changeFrom, deleteOf, updateOf } from '../../support/messages.ts';
import { syncSettings } from '../../support/settings.ts';

const POLICY = { budgetMs: 2_000, firstDelayMs: 1, maxDelayMs: 2 };

/** A process with a memory, on stores that count reads; a batch of one message after another. */
function worker(stores = memoryStores(), memory: WriteMemory = writeMemory()) {
  let reads = 0;
  const products: typeof stores.products = {
    ...stores.products,
    read: (...call) => {
      reads += 1;
      return stores.products.read(...call);
    },
  };
  const parts = {
    ...stores,
    products,
    memory,
    policy: POLICY,
    settings: syncSettings(),
    log: recordingLog(),
  };
  return {
    stores,
    readsOf: async (delivery: Delivery) => {
      const before = reads;
      const { settled } = await syncBatch(parts, [delivery]);
      return { outcome: settled[0]?.outcome, reads: reads - before };
    },
  };
}

const update = (sequence: number, name = `number ${sequence}`, more = {}) =>
  updateOf('GRINDER', name, { sequence, ...more });

describe('what a process wrote itself', () => {
  it('is not read again for the next message of the same partition, and the outcomes are the same', async () => {
    const { readsOf, stores } = worker();
    expect(await readsOf(update(1))).toEqual({ outcome: 'created', reads: 1 });
    expect(await readsOf(update(2))).toEqual({ outcome: 'updated', reads: 0 });
    expect(await readsOf(update(3, 'number 2'))).toEqual({ outcome: 'unchanged', reads: 0 });
    expect(await readsOf(deleteOf('GRINDER', { sequence: 4 }))).toEqual({ outcome: 'deleted', reads: 0 });
    expect(await readsOf(update(5))).toEqual({ outcome: 'created', reads: 0 });
    expect(stores.items.get('GRINDER')).toMatchObject({ name: 'number 5', sync: { sequence: 5 } });
  });

  it('is read where the message comes by another stream, or by webhook', async () => {
    const { readsOf } = worker();
    await readsOf(update(1));
    const later = { partition: '1', time: '2026-11-22T12:00:01.000Z' };
    expect(await readsOf(update(1, 'other partition', later))).toEqual({ outcome: 'updated', reads: 1 });
    const body = Buffer.from(
      '{"Headers":{"type":"sitecore.ordercloud.messages.product.updated"},"Payload":{"ProductID":"GRINDER"}}',
    );
    for (const second of [2, 3]) {
      const webhook = httpDelivery(body, { time: `2026-11-22T12:00:0${second}.000Z` });
      expect(await readsOf(webhook)).toMatchObject({ reads: 1 });
    }
  });

  it('is read after all where another process has written meanwhile', async () => {
    const first = worker();
    const second = worker(first.stores);
    await first.readsOf(update(1));
    await second.readsOf(update(2));
    expect(await first.readsOf(update(3))).toEqual({ outcome: 'updated', reads: 1 });
    expect(first.stores.items.get('GRINDER')).toMatchObject({ sync: { sequence: 3 } });
  });

  it('never says alone that a message is old: an item removed by somebody is written again', async () => {
    const { readsOf, stores } = worker();
    await readsOf(update(1));
    stores.expire('GRINDER');
    expect(await readsOf(update(1))).toEqual({ outcome: 'created', reads: 1 });
    expect(stores.items.get('GRINDER')).toMatchObject({ name: 'number 1' });
  });

  it('is forgotten when a write fails, because nobody knows what is stored then', async () => {
    const memory = writeMemory();
    const change = changeFrom(update(1));
    memory.keep(change, '"1"');
    expect(memory.take(change)).toMatchObject({ etag: '"1"' });
    expect(memory.take(change)).toBeNull();
  });

  it('is remembered of a bounded number of products, those written last', () => {
    const memory = writeMemory(2);
    const changes = ['A', 'B', 'C'].map((id) => changeFrom(updateOf(id, id)));
    for (const [index, change] of changes.entries()) memory.keep(change, `"${index}"`);
    expect(changes.map((change) => memory.take(change)?.etag)).toEqual([undefined, '"1"', '"2"']);
  });
});
