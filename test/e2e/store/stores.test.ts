import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/message/delivery.ts';
import type { DeadLetter, DeadLetterStore } from '../../../src/store/dead-letter.ts';
import type { ProductStore } from '../../../src/store/product-store.ts';
import { toItem } from '../../../src/sync/change.ts';
import { startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { deadLetterOf } from '../../support/dead-letters.ts';
import { eventHubDelivery, httpDelivery } from '../../support/deliveries.ts';
import { memoryStores } from '../../support/memory-stores.ts';
import { changeFrom, deleteOf, updateOf } from '../../support/messages.ts';

type Stores = { products: ProductStore; deadLetters: DeadLetterStore };
type Kept = (id: string) => Promise<Partial<DeadLetter> | undefined>;

let cosmos: TestCosmos;
beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

const memory = memoryStores();

// The contract of the ports: what the core relies on, whatever stands behind them.
describe.each([
  [
    'Cosmos DB',
    () => cosmos.stores,
    async (id) => (await cosmos.deadLetters.item(id, id).read<DeadLetter>()).resource,
  ],
  ['memory', () => memory, async (id) => memory.deadLetterItems.get(id)],
] as [string, () => Stores, Kept][])('stores in %s', (_, stores, kept) => {
  const product = (id: string, name = 'AeroPress Go') => toItem(changeFrom(updateOf(id, name)), 14);

  it('reads nothing where nothing was written', async () => {
    expect(await stores().products.read('NEVER-WRITTEN')).toBeNull();
  });

  it('creates once, and then reports a conflict and leaves the item as it was', async () => {
    expect(await stores().products.create(product('CREATED-ONCE'))).toMatchObject({
      etag: expect.any(String),
    });
    const before = await stores().products.read('CREATED-ONCE');
    expect(await stores().products.create(product('CREATED-ONCE', 'another'))).toBe('conflict');
    expect(await stores().products.read('CREATED-ONCE')).toEqual(before);
  });

  it('reads the mark of what was written, and a new version after each write', async () => {
    const change = changeFrom(updateOf('MARKED', 'AeroPress Go', { sequence: 7 }));
    await stores().products.create(toItem(change, 14));
    const first = await stores().products.read('MARKED');
    const { stream, sequence, time, contentHash } = change.sync;
    expect(first).toMatchObject({ deleted: false, sync: { stream, sequence, time, contentHash } });
    expect(await stores().products.replace(product('MARKED'), first?.etag ?? '')).toMatchObject({
      etag: expect.any(String),
    });
    expect((await stores().products.read('MARKED'))?.etag).not.toBe(first?.etag);
  });

  it('replaces only the version it was given', async () => {
    await stores().products.create(product('REPLACED'));
    const etag = (await stores().products.read('REPLACED'))?.etag ?? '';
    expect(await stores().products.replace(product('REPLACED', 'second'), etag)).toMatchObject({
      etag: expect.any(String),
    });
    expect(await stores().products.replace(product('REPLACED', 'third'), etag)).toBe('conflict');
    expect(await stores().products.replace(product('NOT-THERE'), etag)).toBe('conflict');
  });

  it('keeps a tombstone as deleted', async () => {
    await stores().products.create(toItem(changeFrom(deleteOf('GONE')), 14));
    expect(await stores().products.read('GONE')).toMatchObject({ deleted: true });
  });

  const at = (second: number) => {
    const time = `2026-11-22T12:00:0${second}.000Z`;
    return { time, receivedAt: time };
  };
  const missingType = (body: string, deliveryOf: (body: Buffer) => Delivery) =>
    deadLetterOf(deliveryOf(Buffer.from(body)), { reason: 'missing-type' });

  it('keeps a dead letter as it is when a broker delivers it again', async () => {
    const event = (receivedAt: string) =>
      missingType('{}', (body) => eventHubDelivery({ payload: {} }, { body, receivedAt }));
    const first = { ...event(at(1).receivedAt), attempts: 3, ttl: 1_000 };
    await stores().deadLetters.keep(first);
    await stores().deadLetters.keep(event(at(2).receivedAt));
    expect(await kept(first.id)).toMatchObject(first);
  });

  it('moves a dead letter forward when a webhook is sent again', async () => {
    const sent = (second: number) =>
      missingType('{"ProductID":"SENT-AGAIN"}', (body) => httpDelivery(body, at(second)));
    const first = { ...sent(1), detail: 'first', attempts: 3, ttl: 1_000 };
    await stores().deadLetters.keep(first);
    await stores().deadLetters.keep(sent(3));
    const moved = { ...first, ...at(3), ttl: 30 * 86_400 };
    expect(await kept(first.id)).toMatchObject(moved);
    // Whatever comes late, or once more, is not newer.
    await stores().deadLetters.keep({ ...sent(2), ttl: 5 });
    await stores().deadLetters.keep({ ...sent(3), ttl: 5 });
    expect(await kept(first.id)).toMatchObject(moved);
  });

  it('keeps the latest of webhooks that are sent side by side', async () => {
    const all = [2, 4, 1, 3].map((second) =>
      missingType('{"ProductID":"SIDE-BY-SIDE"}', (body) => httpDelivery(body, at(second))),
    );
    await Promise.all(all.map((deadLetter) => stores().deadLetters.keep(deadLetter)));
    expect(await kept(all[0]?.id ?? '')).toMatchObject(at(4));
  });
});

describe('what only the Cosmos DB stores can show', () => {
  it('stores the tombstone and nothing else', async () => {
    const tombstone = toItem(changeFrom(deleteOf('TOMBSTONE')), 14);
    await cosmos.stores.products.create(tombstone);
    const { resource } = await cosmos.products.item('TOMBSTONE', 'TOMBSTONE').read();
    const own = Object.fromEntries(Object.entries(resource).filter(([key]) => !key.startsWith('_')));
    expect(own).toEqual(tombstone);
    expect(Object.keys(own).sort()).toEqual(['deleted', 'id', 'sync', 'ttl']);
    expect(resource.ttl).toBe(14 * 86_400);
  });

  it('gives up a tombstone after a second when no retention is wanted: Cosmos DB refuses a ttl of 0', () => {
    expect(toItem(changeFrom(deleteOf('BRIEF')), 0)).toMatchObject({ deleted: true, ttl: 1 });
  });

  it('reads an item that somebody else wrote as one without a mark', async () => {
    await cosmos.products.items.create({ id: 'FOREIGN', sync: { time: 'yesterday' } });
    expect(await cosmos.stores.products.read('FOREIGN')).toMatchObject({ deleted: false, sync: null });
  });

  it('keeps xp as sent, keys such as __proto__ included', async () => {
    const payload =
      '{"ProductID":"PROTO","xp":{"__proto__":{"polluted":true},"constructor":1,"Deep":{"__proto__":2}}}';
    await cosmos.stores.products.create(
      toItem(changeFrom(updateOf('PROTO', '', { body: Buffer.from(payload) })), 14),
    );
    const { resource } = await cosmos.products.item('PROTO', 'PROTO').read();
    expect(JSON.stringify(resource.xp)).toBe(JSON.stringify(JSON.parse(payload).xp));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
