import { describe, expect, it } from 'vitest';
import type { DeadLetterArchive, KeptDeadLetter } from '../../../src/operate/dead-letter-archive.ts';
import { toDeadLetter } from '../../../src/store/dead-letter.ts';
import type { ProductStore } from '../../../src/store/product-store.ts';
import { StoreUnavailableError } from '../../../src/store/store-errors.ts';
import { syncBatch } from '../../../src/sync/sync-batch.ts';
import { deadLetterFor, deadLetterOf } from '../../support/dead-letters.ts';
import { envelope, eventHubDelivery, httpDelivery, PRODUCT_DELETED } from '../../support/deliveries.ts';
import { deleteOf, updateOf } from '../../support/messages.ts';
import { syncSettings } from '../../support/settings.ts';
import {
  archive,
  cosmos,
  IMPATIENT,
  keep,
  parts,
  processed,
  product,
  read,
  replay,
  settings,
} from './replays.ts';

/** Every order of some items. */
function orders<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((first) =>
    orders(items.filter((item) => item !== first)).map((others) => [first, ...others]),
  );
}

describe('a dead letter that is processed', () => {
  it('is stored under the position it came with, and leaves the list', async () => {
    const at = {
      sequence: 4711,
      partition: '2',
      time: '2026-11-22T11:00:00.000Z',
      receivedAt: '2026-11-22T11:00:01.000Z',
    };
    const deadLetter = deadLetterFor('FIXED', at);
    expect(await replay(await keep(deadLetter))).toEqual([processed('created')]);
    expect(await product('FIXED')).toMatchObject({
      name: 'AeroPress Go',
      sync: {
        transport: 'eventhub',
        stream: 'eventhub/products/2',
        sequence: 4711,
        time: at.time,
        receivedAt: at.receivedAt,
      },
    });
    expect(await read(deadLetter)).toEqual([]);
  });

  it('of a webhook has the time of its receipt, and no headers', async () => {
    const deadLetter = deadLetterOf(httpDelivery(envelope({ ProductID: 'BY-WEBHOOK' })));
    expect(await replay(await keep(deadLetter))).toEqual([processed('created')]);
    expect(await product('BY-WEBHOOK')).toMatchObject({
      sync: { transport: 'http', stream: 'http', sequence: null, time: '2026-11-22T12:00:00.000Z' },
    });
  });

  it('may have a body that fits only compressed', async () => {
    const body = Buffer.from(`{"ProductID":"COMPRESSED"${'\n'.repeat(1_100_000)}}`);
    const deadLetter = deadLetterOf(eventHubDelivery({ payload: {} }, { body }));
    expect(deadLetter.bodyEncoding).toBe('gzip-base64');
    expect(await replay(await keep(deadLetter))).toEqual([processed('created')]);
  });

  it('can be of another type by now, and is ignored', async () => {
    const delivery = eventHubDelivery({ payload: {} }, { properties: { ce_type: 'other' } });
    const deadLetter = deadLetterOf({ ...delivery, body: Buffer.from('nonsense') }, { messageType: 'other' });
    expect(await replay(await keep(deadLetter))).toEqual([processed('ignored')]);
    expect(await read(deadLetter)).toEqual([]);
  });
});

describe('a product', () => {
  it('that is newer stays as it is', async () => {
    await syncBatch(parts(), [updateOf('NEWER', 'newer', { sequence: 9 })]);
    const deadLetter = deadLetterFor('NEWER', { sequence: 8 });
    expect(await replay(await keep(deadLetter))).toEqual([processed('stale')]);
    expect(await product('NEWER')).toMatchObject({ name: 'newer', sync: { sequence: 9 } });
    expect(await read(deadLetter)).toEqual([]);
  });

  it('that came by webhook later than the dead letter stays, too', async () => {
    const newer = httpDelivery(envelope({ ProductID: 'WEBHOOKS', Name: 'newer' }), {
      time: '2026-11-22T12:00:00.001Z',
    });
    await syncBatch(parts(), [newer]);
    const deadLetter = deadLetterOf(httpDelivery(envelope({ ProductID: 'WEBHOOKS', Name: 'older' })));
    expect(await replay(await keep(deadLetter))).toEqual([processed('stale')]);
    expect(await product('WEBHOOKS')).toMatchObject({ name: 'newer' });
  });

  it('that was deleted later stays deleted', async () => {
    await syncBatch(parts(), [deleteOf('DELETED', { sequence: 9 })]);
    expect(await replay(await keep(deadLetterFor('DELETED', { sequence: 8 })))).toEqual([processed('stale')]);
    expect(await product('DELETED')).toMatchObject({ deleted: true });
  });

  it('ends as its newest message says, in whatever order several are replayed', async () => {
    const messages = (id: string) => [
      deadLetterOf(updateOf(id, 'first', { sequence: 1, time: '2026-11-22T12:00:01.000Z' })),
      deadLetterOf(deleteOf(id, { sequence: 2, time: '2026-11-22T12:00:02.000Z' })),
      deadLetterOf(updateOf(id, 'by another', { partition: '1', time: '2026-11-22T12:00:03.000Z' })),
      deadLetterOf(
        httpDelivery(envelope({ ProductID: id, Name: 'last' }), { time: '2026-11-22T12:00:04.000Z' }),
      ),
    ];
    const ends = orders([0, 1, 2, 3]).map(async (order, index) => {
      const kept = await keep(...messages(`ORDER-${index}`));
      for (const at of order) await replay([kept[at] as KeptDeadLetter]);
      const { name, sync } = (await product(`ORDER-${index}`)) ?? {};
      return { name, time: (sync as { time: string }).time };
    });
    const distinct = new Set((await Promise.all(ends)).map((end) => JSON.stringify(end)));
    expect([...distinct]).toEqual([JSON.stringify({ name: 'last', time: '2026-11-22T12:00:04.000Z' })]);
  });

  it('is written once when several of it are replayed together', async () => {
    const kept = await keep(
      deadLetterFor('TOGETHER', { sequence: 1 }),
      deadLetterFor('TOGETHER', { sequence: 3 }),
      deadLetterFor('TOGETHER', { sequence: 2 }),
    );
    expect(await replay(kept)).toEqual([
      processed('superseded'),
      processed('created'),
      processed('superseded'),
    ]);
    expect(await product('TOGETHER')).toMatchObject({ sync: { sequence: 3 } });
  });
});

describe('a webhook that was rejected, and sent again after another was stored', () => {
  const at = (second: number) => {
    const time = `2026-11-22T12:00:0${second}.000Z`;
    return { time, receivedAt: time };
  };
  const rejected = envelope({ ProductID: 'SENT-AGAIN', Name: 'X', Marketplace: 'roastery' });
  const other = envelope({ ProductID: 'SENT-AGAIN', Name: 'Y' });

  it('is the newest once it is processed', async () => {
    const wrong = parts({ settings: syncSettings({ marketplaceId: 'bakery' }) });
    for (const [index, body] of [rejected, other, rejected].entries())
      await syncBatch(wrong, [httpDelivery(body, at(index + 1))]);
    expect(await product('SENT-AGAIN')).toMatchObject({ name: 'Y', sync: { time: at(2).time } });

    const deadLetter = deadLetterOf(httpDelivery(rejected));
    const kept = await read(deadLetter);
    expect(kept).toMatchObject([{ deadLetter: { ...at(3), attempts: 1 } }]);
    expect(await replay(kept)).toEqual([processed('updated')]);
    expect(await product('SENT-AGAIN')).toMatchObject({ name: 'X', sync: { time: at(3).time } });
    expect(await read(deadLetter)).toEqual([]);
  });

  it('stays when it comes while its dead letter is replayed', async () => {
    const deadLetter = deadLetterOf(httpDelivery(envelope({ ProductID: 'MEANWHILE' }), at(1)));
    const kept = await keep(deadLetter);
    await cosmos.stores.deadLetters.keep({ ...deadLetter, ...at(3) });
    expect(await replay(kept)).toEqual([{ kind: 'processed', outcome: 'created', isNoted: false }]);
    expect(await replay(await read(deadLetter))).toEqual([processed('unchanged')]);
    expect(await product('MEANWHILE')).toMatchObject({ sync: { time: at(3).time } });
  });
});

describe('a crash between storing the product and removing the dead letter', () => {
  const crashing: Partial<DeadLetterArchive> = {
    remove: async () => {
      throw new StoreUnavailableError('the process is gone');
    },
  };

  it.each([
    ['an event', () => deadLetterFor('CRASH-EVENT'), 'duplicate'],
    ['a webhook', () => deadLetterOf(httpDelivery(envelope({ ProductID: 'CRASH-WEBHOOK' }))), 'unchanged'],
  ])('is put right by another replay of %s', async (_, deadLetterThen, outcome) => {
    const deadLetter = deadLetterThen();
    const crashed = { archive: { ...archive, ...crashing }, policy: IMPATIENT };
    const first = await replay(await keep(deadLetter), crashed);
    expect(first).toEqual([{ kind: 'processed', outcome: 'created', isNoted: false }]);
    expect(await read(deadLetter)).toHaveLength(1);
    expect(await replay(await read(deadLetter))).toEqual([processed(outcome)]);
    expect(await read(deadLetter)).toEqual([]);
  });
});

describe('a dead letter that is rejected again', () => {
  const invalidOf = (ProductID: string) =>
    eventHubDelivery({ payload: { ProductID, Name: 3, Active: 'yes' } });

  it('stays, with its attempts counted and what is wrong now', async () => {
    const deadLetter = deadLetterOf(invalidOf('STILL-INVALID'));
    const [outcome] = await replay(await keep(deadLetter));
    expect(outcome).toMatchObject({
      kind: 'rejected',
      rejection: { reason: 'invalid-message', issues: [{ path: 'Name' }, { path: 'Active' }] },
      isNoted: true,
    });
    const [after] = await read(deadLetter);
    const { ttl: _, ...before } = deadLetter;
    expect(after?.deadLetter).toMatchObject({
      ...before,
      reason: 'invalid-message',
      detail: '2 values are not as the message model asks; see issues.',
      issues: [{ path: 'Name' }, { path: 'Active' }],
      productId: 'STILL-INVALID',
      attempts: 2,
    });
    expect(await product('STILL-INVALID')).toBeUndefined();
  });

  it('has the ID under which the app would keep it again', async () => {
    const invalid = invalidOf('SAME-ID');
    const [outcome] = await replay(await keep(deadLetterOf(invalid)));
    if (outcome?.kind !== 'rejected') throw new Error(`unexpected: ${outcome?.kind}`);
    expect(toDeadLetter(invalid, outcome.rejection, 30).id).toBe(deadLetterOf(invalid).id);
  });

  it('does not come back when somebody deletes it meanwhile', async () => {
    const deadLetter = deadLetterOf(invalidOf('DELETED-MEANWHILE'));
    const kept = await keep(deadLetter);
    await archive.remove(deadLetter.id);
    expect(await replay(kept)).toMatchObject([{ kind: 'rejected', isNoted: false }]);
    expect(await read(deadLetter)).toEqual([]);
  });

  it('of a webhook does not get a type that its body does not have', async () => {
    const bare = httpDelivery(Buffer.from('{"ProductID":"BARE"}'));
    const deadLetter = deadLetterOf(bare, { messageType: PRODUCT_DELETED });
    const outcome = await replay(await keep(deadLetter));
    expect(outcome).toMatchObject([{ kind: 'rejected', rejection: { reason: 'missing-type' } }]);
  });

  it('does not keep the others from being processed', async () => {
    const invalid = deadLetterOf(invalidOf('INVALID-BESIDE'));
    const kept = await keep(deadLetterFor('BESIDE-1'), invalid, deadLetterFor('BESIDE-2'));
    expect((await replay(kept)).map(({ kind }) => kind)).toEqual(['processed', 'rejected', 'processed']);
  });
});

it('leaves a dead letter that was changed meanwhile where it is, though its product is stored', async () => {
  const deadLetter = deadLetterFor('CHANGED');
  const kept = await keep(deadLetter);
  await cosmos.deadLetters.item(deadLetter.id, deadLetter.id).replace({ ...deadLetter, detail: 'looked at' });
  expect(await replay(kept)).toEqual([{ kind: 'processed', outcome: 'created', isNoted: false }]);
  expect(await read(deadLetter)).toMatchObject([{ deadLetter: { detail: 'looked at' } }]);
});

describe('a dead letter that is refused', () => {
  const at = (time: string) => ({ time, receivedAt: time });
  const oldTime = '2026-11-08T12:59:59.999Z';
  const refused = (reason: string) => [{ kind: 'refused', reason }];

  it('because it is truncated is not tried', async () => {
    const kept = await keep({ ...deadLetterFor('REFUSED', { sequence: 1 }), truncated: true });
    expect(await replay(kept)).toEqual(refused('truncated'));
    expect(await product('REFUSED')).toBeUndefined();
    const [after] = await read(...kept.map(({ deadLetter }) => deadLetter));
    expect(after?.deadLetter.attempts).toBe(1);
  });

  it('because nothing tells its marketplace is so only where the marketplace was what was wrong', async () => {
    const unset = { settings: { ...settings, marketplaceId: null } };
    const kept = await keep(deadLetterFor('STRANGER'));
    expect(await replay(kept, unset)).toEqual(refused('marketplace-unknown'));
    const other = await keep(deadLetterFor('NO-STRANGER', {}, { reason: 'invalid-message' }));
    expect(await replay(other, unset)).toEqual([processed('created')]);
  });

  it('because its tombstone may be gone is replayed when that is allowed', async () => {
    const kept = await keep(deadLetterFor('OLD', at(oldTime)));
    expect(await replay(kept)).toEqual(refused('older-than-tombstones'));
    expect(await replay(kept, { allowOld: true })).toEqual([processed('created')]);
  });

  it.each([
    ['as old as tombstones', () => deadLetterFor('AS-OLD', at('2026-11-08T13:00:00.000Z')), settings],
    ['an old deletion', () => deadLetterOf(deleteOf('OLD-DELETION', at(oldTime))), settings],
    [
      'old, where deletions are not remembered at all',
      () => deadLetterFor('NO-TOMBSTONES', at(oldTime)),
      { ...settings, tombstoneRetentionDays: 0 },
    ],
  ])('is not what is %s', async (_, deadLetter, given) => {
    expect(await replay(await keep(deadLetter()), { settings: given })).toMatchObject([
      { kind: 'processed' },
    ]);
  });
});

describe('while Cosmos DB cannot be used', () => {
  it('what cannot be settled is as it was, and the others are processed', async () => {
    const products: ProductStore = {
      ...cosmos.stores.products,
      read: async (id, options) => {
        if (id === 'OUTAGE') throw new StoreUnavailableError('Cosmos DB cannot be used right now (503).');
        return cosmos.stores.products.read(id, options);
      },
    };
    const [outage, fine] = [deadLetterFor('OUTAGE'), deadLetterFor('NO-OUTAGE')];
    const outcomes = await replay(await keep(outage, fine), { products, policy: IMPATIENT });
    expect(outcomes).toMatchObject([
      { kind: 'unsettled', problem: expect.stringContaining('Cosmos DB cannot be used right now (503).') },
      { kind: 'processed' },
    ]);
    expect(await read(outage, fine)).toMatchObject([{ deadLetter: outage }]);
  });
});
