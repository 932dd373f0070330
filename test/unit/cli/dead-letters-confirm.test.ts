import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { confirmAtTerminal } from '../../../cli/common/context.ts';

async function answerTo(typed: string) {
  const input = new PassThrough();
  const output = new PassThrough();
  const answer = confirmAtTerminal('Delete it?', { input, output });
  input.end(typed);
  return { answer: await answer, shown: output.read()?.toString() };
}

it.each([
  ['y\n', 'yes'],
  [' YES \n', 'yes'],
  ['n\n', 'no'],
  ['\n', 'no'],
  ['yesterday\n', 'no'],
  ['', 'interrupted'],
])('%j means %s', async (typed, meaning) => {
  const { answer, shown } = await answerTo(typed);
  expect(answer).toBe(meaning);
  expect(shown).toContain('Delete it? [y/N] ');
});
