import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { askAtTerminal, isAgreed, processContext } from '../../../cli/common/context.ts';
import { checkedMessage } from '../../support/leaks/check.ts';

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
