import { InvalidArgumentError } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { instant, since } from '../../../cli/common/options.ts';
import { durationText } from '../../../cli/common/text.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');

afterEach(() => {
  vi.useRealTimers();
});

describe('--since', () => {
  it.each([
    ['30m', '2026-11-22T11:30:00.000Z'],
    ['2h', '2026-11-22T10:00:00.000Z'],
    ['7d', '2026-11-15T12:00:00.000Z'],
    ['0m', '2026-11-22T12:00:00.000Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T09:30', '2026-11-20T09:30:00.000Z'],
    ['2026-11-20T09:30:15.5', '2026-11-20T09:30:15.500Z'],
    ['2026-11-20T09:30Z', '2026-11-20T09:30:00.000Z'],
    ['2026-11-20T09:30:00+01:00', '2026-11-20T08:30:00.000Z'],
  ])('reads %s, in UTC where it says nothing else', (text, time) => {
    vi.setSystemTime(NOW);
    expect(since(text)).toBe(time);
  });

  it.each(['', '30', '-2h', '1.5h', '2 h', '2w', '999999d', 'yesterday', '2026-02-30', '2026-1-1', '09:30'])(
    'refuses %j',
    (text) => {
      expect(() => since(text)).toThrow(InvalidArgumentError);
    },
  );
});

it('an instant is a date, and no time back from now', () => {
  expect(instant('2026-12-24T18:00Z')).toBe('2026-12-24T18:00:00.000Z');
  expect(() => instant('2h')).toThrow(InvalidArgumentError);
});

it.each([
  [0, '0s'],
  [-5_000, '0s'],
  [59_400, '59s'],
  [89_000, '89s'],
  [90_000, '2m'],
  [3_600_000, '60m'],
  [12_000_000, '3h'],
  [47 * 3_600_000, '47h'],
  [48 * 3_600_000, '2d'],
  [30 * 86_400_000, '30d'],
])('%i milliseconds are %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});
