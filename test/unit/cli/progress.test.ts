import { PassThrough } from 'node:stream';
import { afterEach, expect, it, vi } from 'vitest';
import { startProgress } from '../../../cli/common/progress.ts';

afterEach(() => {
  vi.useRealTimers();
});

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
  vi.useFakeTimers({ toFake: ['performance'] });
  const { terminal, written } = fakeStream(false);
  const progress = startProgress({ label: 'Sending', total: 500, stream: terminal });
  for (let second = 1; second <= 12; second += 1) {
    vi.advanceTimersByTime(1000);
    progress.advance(second > 5 ? '(1 failed)' : '');
  }
  progress.stop();
  expect(written()).toBe('Sending 5/500 about 8m left\nSending 10/500 (1 failed), about 8m left\n');
});

it('draws a bar on a terminal', () => {
  const { terminal, written } = fakeStream(true);
  const progress = startProgress({ label: 'Sending', total: 2, stream: terminal });
  progress.advance();
  progress.advance('(1 failed)');
  progress.stop();
  expect(written()).toContain('Sending [==============================] 2/2 (1 failed)');
});
