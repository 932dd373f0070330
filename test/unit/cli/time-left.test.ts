import { expect, it } from 'vitest';
import { durationInWords, timeLeft } from '../../../cli/common/progress.ts';

it.each([
  [400, '0 s'],
  [89_000, '89 s'],
  [90_000, '2 min'],
  [3_600_000, '60 min'],
  [7_200_000, '2 h'],
  [12_000_000, '3 h 20 min'],
  [50 * 3_600_000, '2 d 2 h'],
])('says %d milliseconds as %s', (milliseconds, words) => {
  expect(durationInWords(milliseconds)).toBe(words);
});

it('says how long the rest takes at the speed so far, once that can be told', () => {
  let now = 0;
  const left = timeLeft(() => now);
  now = 1_000;
  expect(left(2, 100)).toBe('');
  now = 10_000;
  expect(left(20, 100)).toBe('about 40 s left');
  expect(left(100, 100)).toBe('');
});
