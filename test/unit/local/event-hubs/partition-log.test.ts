import { expect, test, vi } from 'vitest';
import { OVERHEAD_BYTES, PartitionLog } from '../../../../local/event-hubs/partition-log.ts';
import { publicationOf } from './publications.ts';

const EVERYTHING = { events: 1_000_000, bytes: Number.POSITIVE_INFINITY };
const NO_LIMIT = { maxBytes: Number.POSITIVE_INFINITY };

test('an empty partition says so', () => {
  const log = new PartitionLog(NO_LIMIT);
  expect(log.last).toEqual({ sequenceNumber: -1, offset: -1, enqueuedTime: 0 });
  expect(log.firstSequence).toBe(0);
  expect(log.read(0, EVERYTHING)).toEqual([]);
});

test('events are numbered without gaps and read from anywhere, within limits', () => {
  const log = new PartitionLog(NO_LIMIT);
  log.append(publicationOf('a', 'b'));
  log.append(publicationOf('c'));
  const numbers = (from: number, limits = EVERYTHING) =>
    log.read(from, limits).map(({ sequenceNumber }) => sequenceNumber);
  expect(numbers(0)).toEqual([0, 1, 2]);
  expect(numbers(2)).toEqual([2]);
  expect(numbers(3)).toEqual([]);
  expect(numbers(0, { events: 2, bytes: 1_000 })).toEqual([0, 1]);
  expect(numbers(0, { events: 0, bytes: 1_000 })).toEqual([]);
  expect(numbers(0, { events: 9, bytes: 1 })).toEqual([0]);
});

test('time does not go back within a partition, even if the clock does', () => {
  const now = vi.fn().mockReturnValueOnce(2_000).mockReturnValueOnce(1_000).mockReturnValueOnce(3_000);
  const log = new PartitionLog({ ...NO_LIMIT, now });
  for (const body of ['a', 'b', 'c']) log.append(publicationOf(body));
  expect(log.read(0, EVERYTHING).map(({ enqueuedTime }) => enqueuedTime)).toEqual([2_000, 2_000, 3_000]);
});

test('beyond the limit the oldest events go, and positions stay', () => {
  const probe = new PartitionLog(NO_LIMIT);
  probe.append(publicationOf('0000'));
  const cost = OVERHEAD_BYTES + (probe.read(0, EVERYTHING)[0]?.message.length ?? 0);
  const log = new PartitionLog({ maxBytes: 10 * (cost + 8) });
  for (let index = 0; index < 5_000; index += 1) log.append(publicationOf(String(index).padStart(4, '0')));
  expect(log.firstSequence).toBe(4_990);
  expect(log.last.sequenceNumber).toBe(4_999);
  const kept = log.read(0, EVERYTHING);
  expect(kept.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
    Array.from({ length: 10 }, (_, i) => 4_990 + i),
  );
  expect(log.find(({ offset }) => offset > -1)).toBe(4_990);
  expect(log.find(({ sequenceNumber }) => sequenceNumber >= 4_995)).toBe(4_995);
  expect(log.find(() => false)).toBe(5_000);
});

test('the newest publication is kept, however small the limit', () => {
  const log = new PartitionLog({ maxBytes: 1 });
  log.append(publicationOf('a', 'b'));
  log.append(publicationOf('c', 'd'));
  expect(log.read(0, EVERYTHING).map(({ sequenceNumber }) => sequenceNumber)).toEqual([2, 3]);
});

test('readers hear of every publication until they leave', () => {
  const log = new PartitionLog(NO_LIMIT);
  const listener = vi.fn();
  const leave = log.onAppend(listener);
  log.append(publicationOf('a', 'b'));
  log.append(publicationOf('c'));
  leave();
  log.append(publicationOf('d'));
  expect(listener).toHaveBeenCalledTimes(2);
});
