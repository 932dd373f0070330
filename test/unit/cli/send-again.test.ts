import { expect, it } from 'vitest';
import { type SendResult, sendMessage } from '../../../cli/send/transport.ts';
import { CREATED, fakeTransport } from './send-result.ts';

const message = { source: 'a.json', body: Buffer.from('{}') };
const busy = (retryAfterSeconds: number | null): Partial<SendResult> => ({ status: 503, retryAfterSeconds });

function start(answer: (index: number) => Partial<SendResult> | Error, giveUp = new AbortController()) {
  const { transport, sent } = fakeTransport(answer);
  return { sent, giveUp, result: sendMessage({ ...transport, attempts: 5 }, message, giveUp.signal) };
}

it('sends again while the receiver is too busy', async () => {
  const { sent, result } = start((index) => (index < 3 ? busy(0) : CREATED));
  expect(await result).toMatchObject({ ok: true, status: 200 });
  expect(sent).toHaveLength(4);
});

it('gives up after as many attempts as asked for', async () => {
  const { sent, result } = start(() => busy(0));
  expect(await result).toMatchObject({ ok: false, status: 503 });
  expect(sent).toHaveLength(5);
});

it.each([
  ['a second where the receiver asks for nothing', null, 1000],
  ['as long as the receiver asks for', 0.5, 500],
])('waits %s', async (_, asked, milliseconds) => {
  const begin = performance.now();
  const { result } = start((index) => (index === 0 ? busy(asked) : CREATED));
  expect(await result).toMatchObject({ ok: true });
  expect(performance.now() - begin).toBeGreaterThanOrEqual(milliseconds - 5);
});

it.each([
  ['a success', CREATED],
  ['a refusal', { status: 400 }],
  ['no answer', new Error('connect ECONNREFUSED')],
])('does not repeat %s', async (_, answer) => {
  const { sent, result } = start(() => answer);
  await result;
  expect(sent).toHaveLength(1);
});

it('stops waiting when it is told to give up', async () => {
  const { sent, giveUp, result } = start(() => busy(60));
  setImmediate(() => giveUp.abort());
  expect(await result).toMatchObject({ status: 503 });
  expect(sent).toHaveLength(1);
});
