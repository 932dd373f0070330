import { describe, expect, test, vi } from 'vitest';
import { PartitionLog } from '../../../../local/event-hubs/partition-log.ts';
import { findStart } from '../../../../local/event-hubs/start-position.ts';
import { eventsOf } from './publications.ts';

/** Five events enqueued at 1000, 2000, … 5000 ms. */
function fiveEvents(maxBytes = Number.POSITIVE_INFINITY): PartitionLog {
  const log = new PartitionLog(maxBytes);
  vi.useFakeTimers({ toFake: ['Date'] });
  for (const [index, body] of ['a', 'b', 'c', 'd', 'e'].entries()) {
    vi.setSystemTime((index + 1) * 1_000);
    log.append(eventsOf(body));
  }
  vi.useRealTimers();
  return log;
}

const OFFSET = 'amqp.annotation.x-opt-offset';
const SEQUENCE = 'amqp.annotation.x-opt-sequence-number';
const TIME = 'amqp.annotation.x-opt-enqueued-time';

describe('of five events', () => {
  const log = fiveEvents();
  const offset = log.at(2)?.offset;

  test.each([
    [undefined, 0],
    [`${OFFSET} > '-1'`, 0],
    [`${OFFSET} >= '-1'`, 0],
    [`${OFFSET} > '@latest'`, 5],
    [`${OFFSET} >= '@latest'`, 4],
    [`${OFFSET} > '${offset}'`, 3],
    [`${OFFSET} >= '${offset}'`, 2],
    [`${OFFSET} > '1'`, 1],
    [`${SEQUENCE} > '-1'`, 0],
    [`${SEQUENCE} > '2'`, 3],
    [`${SEQUENCE} >= '2'`, 2],
    [`${SEQUENCE} > '4'`, 5],
    [`${SEQUENCE} >= '5'`, 5],
    [`${TIME} > '0'`, 0],
    [`${TIME} > '2999'`, 2],
    [`${TIME} > '3000'`, 3],
    [`${TIME} >= '3000'`, 2],
    [`${TIME} > '99999'`, 5],
  ])('%s starts at %i', (selector, start) => {
    expect(findStart(selector, log)).toBe(start);
  });

  test.each([
    `${OFFSET} > '999999'`,
    `${SEQUENCE} > '5'`,
    `${SEQUENCE} >= '6'`,
    `${SEQUENCE} > 'NaN'`,
    `${OFFSET} = '1'`,
    `${OFFSET} > '1' OR 1=1`,
    'amqp.annotation.x-opt-publisher > 1',
    '',
  ])('%s is refused', (selector) => {
    const refusal = expect.objectContaining({ condition: 'com.microsoft:argument-error' });
    expect(() => findStart(selector, log)).toThrow(refusal);
  });
});

test('of no events yet, every start is the first to come', () => {
  const log = new PartitionLog(1);
  for (const selector of [undefined, `${OFFSET} > '-1'`, `${OFFSET} > '@latest'`, `${TIME} > '5'`]) {
    expect(findStart(selector, log)).toBe(0);
  }
  expect(() => findStart(`${OFFSET} > '0'`, log)).toThrow("The supplied offset '0' is invalid");
});

test('a position older than the oldest kept event starts there', () => {
  const log = fiveEvents(1);
  for (const selector of [`${OFFSET} > '-1'`, `${OFFSET} > '0'`, `${SEQUENCE} > '1'`, `${TIME} > '1'`]) {
    expect(findStart(selector, log)).toBe(4);
  }
});
