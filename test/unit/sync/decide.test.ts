import { describe, expect, it } from 'vitest';
import type { StoredItem } from '../../../src/store/product-store.ts';
import type { Change } from '../../../src/sync/change.ts';
import { decide } from '../../../src/sync/decide.ts';
import { changeFrom, deleteOf, updateOf } from '../../support/messages.ts';

const stored = (change: Change): StoredItem => ({
  etag: 'v1',
  deleted: change.content === null,
  sync: change.sync,
});
const update = (sequence: number, name = 'Chemex', time?: string) =>
  changeFrom(updateOf('CHEMEX-6', name, { sequence, ...(time && { time }) }));
const remove = (sequence: number) => changeFrom(deleteOf('CHEMEX-6', { sequence }));

describe('the table of what is stored against what arrives', () => {
  it.each([
    ['nothing', null, update(5), 'create', 'created'],
    ['nothing', null, remove(5), 'create', 'deleted'],
    ['an older product with other content', update(4, 'Chemex 6'), update(5), 'replace', 'updated'],
    ['an older product with the same content', update(4), update(5), 'replace', 'unchanged'],
    ['an older product', update(4), remove(5), 'replace', 'deleted'],
    ['an older tombstone', remove(4), update(5), 'replace', 'created'],
    ['an older tombstone', remove(4), remove(5), 'replace', 'deleted'],
    ['a newer product', update(6), update(5), 'none', 'stale'],
    ['a newer product', update(6), remove(5), 'none', 'stale'],
    ['a newer tombstone', remove(6), update(5), 'none', 'stale'],
    ['a newer tombstone', remove(6), remove(5), 'none', 'stale'],
    ['the same message', update(5), update(5), 'none', 'duplicate'],
    ['the tombstone of the same message', remove(5), remove(5), 'none', 'duplicate'],
  ] as const)('%s, and an arriving message: %#', (_, before, arriving, write, outcome) => {
    const decision = decide(before === null ? null : stored(before), arriving);
    expect(decision).toMatchObject({ write, outcome });
    if (decision.write === 'replace') expect(decision.etag).toBe('v1');
  });

  it('replaces what somebody else wrote, whatever it is', () => {
    const foreign: StoredItem = { etag: 'v9', deleted: false, sync: null };
    expect(decide(foreign, update(1))).toMatchObject({ write: 'replace', etag: 'v9', outcome: 'updated' });
    expect(decide(foreign, remove(1))).toMatchObject({ write: 'replace', etag: 'v9', outcome: 'deleted' });
  });

  it('keeps the later time when a newer message of the stream carries an earlier one', () => {
    const decision = decide(
      stored(update(4, 'Chemex', '2026-11-22T12:00:00.000Z')),
      update(5, 'Chemex', '2026-11-22T11:58:00.000Z'),
    );
    if (decision.write === 'none') throw new Error('expected a write');
    expect(decision.change.sync).toMatchObject({ sequence: 5, time: '2026-11-22T12:00:00.000Z' });
  });

  it('takes the time of a newer message of a recreated stream as it is', () => {
    const decision = decide(stored(update(900)), update(1, 'Chemex', '2026-11-22T13:00:00.000Z'));
    if (decision.write === 'none') throw new Error('expected a write');
    expect(decision.change.sync).toMatchObject({ sequence: 1, time: '2026-11-22T13:00:00.000Z' });
  });
});
