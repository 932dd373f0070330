import { expect, it } from 'vitest';
import { program } from '../../../cli/send/command.ts';

/** What the command says to these options, and to a file that is not there. */
async function answerTo(...options: string[]): Promise<string> {
  const run = program.parseAsync([...options, 'nowhere.json'], { from: 'user' });
  return run.then(String, (error: Error) => error.message);
}

it.each([
  ['webhook', '--url', 'http://127.0.0.1:1/'],
  ['webhook', '--secret', 's3cret'],
  ['eventhub', '--hub', 'shop'],
  ['kafka', '--brokers', '127.0.0.1:1'],
])('by %s takes %s', async (via, option, value) => {
  expect(await answerTo('--via', via, option, value, '--json')).toContain('Cannot read nowhere.json');
});

it.each([
  ['eventhub', '--url', 'http://127.0.0.1:1/', 'webhook'],
  ['kafka', '--secret', 's3cret', 'webhook'],
  ['webhook', '--hub', 'shop', 'eventhub'],
  ['webhook', '--brokers', '127.0.0.1:1', 'kafka'],
  ['eventhub', '--topic', 'shop', 'kafka'],
])('by %s refuses %s', async (via, wrong, value, other) => {
  expect(await answerTo('--via', via, wrong, value)).toBe(`${wrong} goes with --via ${other}.`);
});
