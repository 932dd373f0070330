import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { durationInWords, startProgress } from '../../../cli/common/progress.ts';

/** A stream that keeps what is written; on a terminal it has the methods by which cursors are moved. */
function fakeStream(isTTY: boolean) {
  const stream = new PassThrough({ encoding: 'utf8' });
  const cursor = Object.fromEntries(
    ['cursorTo', 'moveCursor', 'clearLine'].map((name) => [name, () => true]),
  );
  const terminal = Object.assign(stream, { isTTY, columns: 80, ...cursor }) as unknown as NodeJS.WriteStream;
  return { terminal, written: () => (stream.read() as string | null) ?? '' };
}

it('writes nothing for a short run, and a line every five seconds of a long one, where there is no terminal', () => {
  const { terminal, written } = fakeStream(false);
  let time = 0;
  const progress = startProgress({ label: 'Sending', total: 500, stream: terminal, now: () => time });
  for (let second = 1; second <= 12; second += 1) {
    time = second * 1000;
    progress.advance(second > 5 ? '(1 failed)' : '');
  }
  progress.stop();
  expect(written()).toBe('Sending 5/500 about 8 min left\nSending 10/500 (1 failed), about 8 min left\n');
});

it('draws a bar on a terminal', () => {
  const { terminal, written } = fakeStream(true);
  const progress = startProgress({ label: 'Sending', total: 2, stream: terminal });
  progress.advance();
  progress.advance('(1 failed)');
  progress.stop();
  expect(written()).toContain('Sending [==============================] 2/2 (1 failed)');
});

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
