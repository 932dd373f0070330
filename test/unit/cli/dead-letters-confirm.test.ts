import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { askAtTerminal, isAgreed } from '../../../cli/common/context.ts';
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
