import { describe, expect, it } from 'vitest';
import { compare, type Position } from '../../../src/sync/is-newer.ts';

const at = (stream: string, sequence: number | null, time: string): Position => ({
  stream,
  sequence,
  time: `2026-11-22T${time}Z`,
});

const P0 = 'eventhub/products/0';
const P1 = 'eventhub/products/1';
const NOON = '12:00:00.000';

describe('the write rule', () => {
  it.each([
    ['the greater sequence of one stream', at(P0, 8, NOON), at(P0, 7, NOON), 'newer'],
    ['the smaller sequence of one stream', at(P0, 7, NOON), at(P0, 8, NOON), 'older'],
    ['the same sequence again', at(P0, 7, NOON), at(P0, 7, NOON), 'duplicate'],
    ['the greater sequence though its time ran back', at(P0, 8, '11:56:00.000'), at(P0, 7, NOON), 'newer'],
    ['the smaller sequence though its time is later', at(P0, 7, '12:04:00.000'), at(P0, 8, NOON), 'older'],
    [
      'times exactly five minutes apart: still the sequence',
      at(P0, 1, '12:05:00.000'),
      at(P0, 9, NOON),
      'older',
    ],
    ['times just over five minutes apart: the time', at(P0, 1, '12:05:00.001'), at(P0, 9, NOON), 'newer'],
    [
      'a recreated stream that came to the same sequence',
      at(P0, 7, '13:00:00.000'),
      at(P0, 7, NOON),
      'newer',
    ],
    [
      'a later time of another stream, whatever the sequence',
      at(P1, 1, '12:00:00.001'),
      at(P0, 9, NOON),
      'newer',
    ],
    ['an earlier time of another stream', at(P1, 9, '11:59:59.999'), at(P0, 1, NOON), 'older'],
    ['equal times: the greater stream', at(P1, 1, NOON), at(P0, 9, NOON), 'newer'],
    ['equal times: the smaller stream', at(P0, 9, NOON), at(P1, 1, NOON), 'older'],
    ['a stream compared by code unit', at('kafka/a/10', 1, NOON), at('kafka/a/9', 1, NOON), 'older'],
    ['a later webhook', at('http', null, '12:00:00.001'), at('http', null, NOON), 'newer'],
    [
      'a webhook of the same millisecond: the later arrival',
      at('http', null, NOON),
      at('http', null, NOON),
      'newer',
    ],
    ['an earlier webhook', at('http', null, '11:59:59.999'), at('http', null, NOON), 'older'],
    ['a webhook after an event', at('http', null, '12:00:00.001'), at(P0, 9, NOON), 'newer'],
    ['a webhook at the time of an event', at('http', null, NOON), at(P0, 9, NOON), 'newer'],
    ['an operator’s own check again', at('verify', null, NOON), at('verify', null, NOON), 'duplicate'],
  ] as const)('%s', (_, arriving, stored, expected) => {
    expect(compare(arriving, stored)).toBe(expected);
  });
});
