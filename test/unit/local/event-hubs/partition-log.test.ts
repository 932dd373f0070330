import { expect, test, vi } from 'vitest';
import { PRODUCER } from '../../../../local/event-hubs/idempotent-producers.ts';
import { OVERHEAD_BYTES, PartitionLog } from '../../../../local/event-hubs/partition-log.ts';
import type { PartitionLogFile } from '../../../../local/event-hubs/partition-log-file.ts';
import { type Publication, toPublication } from '../../../../local/event-hubs/publication.ts';
import { envelopeOf, eventOf, publicationOf } from './publications.ts';

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

test('a publication that the disk does not take leaves no trace', () => {
  const append = vi.fn().mockImplementationOnce(() => {
    throw new Error('ENOSPC: no space left on device');
  });
  const file = { records: () => [], append, dropBefore: vi.fn() } as unknown as PartitionLogFile;
  const log = new PartitionLog({ ...NO_LIMIT, file });
  expect(() => log.append(publicationOf('lost', 'too'))).toThrow('ENOSPC');
  expect(log.last.sequenceNumber).toBe(-1);
  log.append(publicationOf('kept'));
  expect(log.read(0, EVERYTHING)).toMatchObject([{ sequenceNumber: 0, offset: 0 }]);
});

/** Events numbered by an idempotent producer. */
function numbered(first: number, count: number, epoch = 0): Publication {
  const events = Array.from({ length: count }, (_, index) =>
    eventOf('{}', {
      message_annotations: {
        [PRODUCER.id]: 77,
        [PRODUCER.epoch]: epoch,
        [PRODUCER.sequenceNumber]: first + index,
      },
    }),
  );
  return toPublication(envelopeOf(events));
}

test('a numbered publication that comes twice is stored once; a gap is refused', () => {
  const log = new PartitionLog(NO_LIMIT);
  log.producers.join({ id: 77, epoch: 0, sequenceNumber: 0 });
  log.append(numbered(1, 3));
  log.append(numbered(1, 3));
  expect(log.last.sequenceNumber).toBe(2);
  log.append(numbered(4, 1));
  expect(log.last.sequenceNumber).toBe(3);
  const outOfOrder = expect.objectContaining({ condition: 'com.microsoft:out-of-order-sequence' });
  expect(() => log.append(numbered(9, 1))).toThrow(outOfOrder);
  // Not a repetition: it would swallow an event that was never stored.
  expect(() => log.append(numbered(4, 2))).toThrow(outOfOrder);
});

test('a producer of a higher level numbers anew and shuts the older one out', () => {
  const log = new PartitionLog(NO_LIMIT);
  log.producers.join({ id: 77, epoch: 0, sequenceNumber: 0 });
  log.append(numbered(1, 3));
  log.producers.join({ id: 77, epoch: 1, sequenceNumber: 0 });
  log.append(numbered(1, 1, 1));
  expect(log.last.sequenceNumber).toBe(3);
  const stolen = expect.objectContaining({ condition: 'com.microsoft:producer-epoch-stolen' });
  expect(() => log.append(numbered(4, 1, 0))).toThrow(stolen);
  expect(() => log.producers.join({ id: 77, epoch: 0, sequenceNumber: 3 })).toThrow(stolen);
});
