import { describe, expect, it } from 'vitest';
import { newestOf } from '../../../src/sync/newest.ts';
import { changeFrom, updateOf } from '../../support/messages.ts';

const message = (name: string, partition: string, sequence: number, time: string) => ({
  name,
  change: changeFrom(updateOf('CHEMEX-6', name, { partition, sequence, time: `2026-11-22T${time}Z` })),
});

describe('the newest of a batch', () => {
  it('is the one with the greatest sequence, whatever the order in the batch', () => {
    const a = message('a', '0', 1, '12:00:00.000');
    const b = message('b', '0', 2, '12:00:01.000');
    const c = message('c', '0', 3, '12:00:02.000');
    for (const batch of [
      [a, b, c],
      [c, b, a],
      [b, c, a],
    ])
      expect(newestOf(batch).newest.name).toBe('c');
  });

  it('takes the latest time among the superseded of its stream within five minutes', () => {
    const newest = message('newest', '0', 9, '12:00:00.000');
    const later = message('later', '0', 8, '12:04:00.000');
    const { change } = newestOf([later, newest]);
    expect(change.sync).toMatchObject({ sequence: 9, time: '2026-11-22T12:04:00.000Z' });
  });

  it('compares the streams’ winners after they took their times', () => {
    const winner = message('partition 0', '0', 9, '12:00:00.000');
    const superseded = message('superseded', '0', 8, '12:04:00.000');
    const other = message('partition 1', '1', 1, '12:03:00.000');
    expect(newestOf([superseded, winner, other]).newest.name).toBe('partition 0');
    expect(newestOf([winner, other]).newest.name).toBe('partition 1');
  });

  it('keeps the first of two deliveries of one message', () => {
    const first = message('first', '0', 9, '12:00:00.000');
    const again = { ...first, name: 'again' };
    expect(newestOf([first, again]).newest.name).toBe('first');
  });
});
