import { describe, expect, it } from 'vitest';
import { toDeadLetter } from '../../../src/store/dead-letter.ts';
import type { ProductStore } from '../../../src/store/product-store.ts';
import { StoreUnavailableError } from '../../../src/store/store-errors.ts';
import { deadLetterFor, deadLetterOf } from '../../support/dead-letters.ts';
import { eventHubDelivery, httpDelivery, PRODUCT_DELETED } from '../../support/deliveries.ts';
import { deleteOf } from '../../support/messages.ts';

import { archive, cosmos, IMPATIENT, keep, processed, product, read, replay, settings } from './replays.ts';

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
