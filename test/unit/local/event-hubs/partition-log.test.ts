import { expect, test, vi } from 'vitest';
import { PartitionLog } from '../../../../local/event-hubs/partition-log.ts';
import { eventsOf } from './publications.ts';

const NO_LIMIT = Number.POSITIVE_INFINITY;

test('an empty partition says so', () => {
  const log = new PartitionLog(NO_LIMIT);
  expect(log.last).toEqual({ sequenceNumber: -1, offset: -1, enqueuedTime: 0 });
  expect(log.firstSequence).toBe(0);
  expect(log.at(0)).toBeUndefined();
});

test('events are numbered without gaps, lie behind each other, and are read from anywhere', () => {
  const log = new PartitionLog(NO_LIMIT);
  log.append(eventsOf('a', 'b'));
  log.append(eventsOf('c'));
  const [a, b, c, none] = [0, 1, 2, 3].map((number) => log.at(number));
  expect([a, b, c].map((event) => event?.sequenceNumber)).toEqual([0, 1, 2]);
  expect(none).toBeUndefined();
  expect([a?.offset, b?.offset]).toEqual([0, a?.message.length]);
  expect(log.last).toBe(c);
});

test('beyond the limit the oldest events go, and positions stay', () => {
  const log = new PartitionLog(100_000);
  for (let index = 0; index < 5_000; index += 1) log.append(eventsOf(String(index).padStart(4, '0')));
  expect(log.last.sequenceNumber).toBe(4_999);
  const kept = 5_000 - log.firstSequence;
  // Each costs its bytes and 256 more.
  expect(kept).toBeGreaterThan(200);
  expect(kept).toBeLessThan(100_000 / 256);
  expect(log.at(0)?.sequenceNumber).toBe(log.firstSequence);
  expect(log.at(4_995)?.message.toString('latin1')).toContain('4995');
  expect(log.find(({ offset }) => offset > -1)).toBe(log.firstSequence);
  expect(log.find(({ sequenceNumber }) => sequenceNumber >= 4_995)).toBe(4_995);
  expect(log.find(() => false)).toBe(5_000);
});

test('the newest publication is kept, however small the limit', () => {
  const log = new PartitionLog(1);
  log.append(eventsOf('a', 'b'));
  log.append(eventsOf('c', 'd'));
  expect(log.firstSequence).toBe(2);
  expect(log.at(3)).toBeDefined();
});

test('readers hear of every publication until they leave', () => {
  const log = new PartitionLog(NO_LIMIT);
  const listener = vi.fn();
  const leave = log.onAppend(listener);
  log.append(eventsOf('a', 'b'));
  log.append(eventsOf('c'));
  leave();
  log.append(eventsOf('d'));
  expect(listener).toHaveBeenCalledTimes(2);
});
