import { PassThrough } from 'node:stream';
import { InvalidArgumentError } from 'commander';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { askAtTerminal, isAgreed, processContext } from '../../../cli/common/context.ts';
import { instant, messageType, rate, since, wholeNumber } from '../../../cli/common/options.ts';
import { startProgress } from '../../../cli/common/progress.ts';
import { durationText } from '../../../cli/common/text.ts';
import { checkedMessage } from '../../support/leaks/check.ts';

describe('a question at the terminal', () => {
  async function answerTo(typed: string) {
    const input = new PassThrough();
    const output = new PassThrough();
    const ask = (question: string) => askAtTerminal(question, { input, output });
    const answer = isAgreed({ ask }, 'Delete it?', 'Nothing was deleted.').catch(checkedMessage);
    input.end(typed);
    return { answer: await answer, shown: output.read()?.toString() };
  }

  it.each([
    ['y\n', true],
    [' YES \n', true],
    ['n\n', false],
    ['\n', false],
    ['yesterday\n', false],
    ['', 'Interrupted. Nothing was deleted.'],
  ])('%j means %s', async (typed, meaning) => {
    const { answer, shown } = await answerTo(typed);
    expect(answer).toBe(meaning);
    expect(shown).toContain('Delete it? [y/N] ');
  });

  it.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
  ])('asks where both streams are a terminal: standard input %s, standard error %s', (input, error, asks) => {
    const streams = [
      [process.stdin, input],
      [process.stderr, error],
    ] as const;
    const former = streams.map(([stream]) => stream.isTTY);
    for (const [stream, isTTY] of streams) stream.isTTY = isTTY;
    onTestFinished(() =>
      streams.forEach(([stream], at) => {
        stream.isTTY = former[at] as boolean;
      }),
    );
    expect(processContext().ask !== null).toBe(asks);
  });
});

describe('option values', () => {
  it.each([
    ['1', 1],
    ['1000', 1000],
  ])('take %s as a whole number', (text, value) => expect(wholeNumber(1, 1000)(text)).toBe(value));

  it.each(['0', '1001', '-1', '1.5', '1e2', '0x10', ' 1', '', 'many'])(
    'refuse %j as a whole number',
    (text) => {
      expect(() => wholeNumber(1, 1000)(text)).toThrow(InvalidArgumentError);
    },
  );

  it.each([
    ['0.5', 0.5],
    ['200', 200],
  ])('take %s as a rate', (text, value) => expect(rate(text)).toBe(value));

  it.each(['0', '0.0', '-1', '1e9', 'Infinity', '', '100001'])('refuse %j as a rate', (text) => {
    expect(() => rate(text)).toThrow(InvalidArgumentError);
  });

  it.each([
    ['product.updated', 'sitecore.ordercloud.messages.product.updated'],
    ['product.deleted', 'sitecore.ordercloud.messages.product.deleted'],
    ['sitecore.ordercloud.messages.order.submitted', 'sitecore.ordercloud.messages.order.submitted'],
  ])('take %s as a message type', (text, type) => expect(messageType(text)).toBe(type));

  it.each(['product.update', 'updated', '', 'a b.c.d'])('refuse %j as a message type', (text) => {
    expect(() => messageType(text)).toThrow(InvalidArgumentError);
  });
});

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

describe('progress', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A stream that keeps what is written; on a terminal it has the methods by which cursors are moved. */
  function fakeStream(isTTY: boolean) {
    const stream = new PassThrough({ encoding: 'utf8' });
    const cursor = Object.fromEntries(
      ['cursorTo', 'moveCursor', 'clearLine'].map((name) => [name, () => true]),
    );
    const terminal = Object.assign(stream, {
      isTTY,
      columns: 80,
      ...cursor,
    }) as unknown as NodeJS.WriteStream;
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
});
