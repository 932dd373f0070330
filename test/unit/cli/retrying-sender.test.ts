import { expect, it } from 'vitest';
import type { SendResult } from '../../../cli/send/sender.ts';
import { createRetryingSender } from '../../../cli/send/webhook-sender.ts';
import { fakeSender } from './send-result.ts';

const message = { source: 'a.json', body: Buffer.from('{}') };
const busy = (retryAfterSeconds: number | null): Partial<SendResult> => ({
  ok: false,
  status: 503,
  retryAfterSeconds,
});

function retrying(answer: (index: number) => Partial<SendResult>) {
  const fake = fakeSender(answer);
  const waits: number[] = [];
  const sender = createRetryingSender(fake.sender, async (milliseconds) => void waits.push(milliseconds));
  return { ...fake, sender, waits };
}

it('sends again after as long as the receiver asks for', async () => {
  const { sender, sent, waits } = retrying((index) =>
    index < 3 ? busy([2, null, 3600][index] ?? null) : {},
  );
  expect(await sender.send(message)).toMatchObject({ ok: true, status: 200 });
  expect(sent).toHaveLength(4);
  expect(waits).toEqual([2000, 1000, 60_000]);
});

it('gives up after five attempts', async () => {
  const { sender, sent, waits } = retrying(() => busy(1));
  expect(await sender.send(message)).toMatchObject({ ok: false, status: 503 });
  expect([sent.length, waits.length]).toEqual([5, 4]);
});

it.each([
  ['a success', {}],
  ['a refusal', { ok: false, status: 400 }],
  ['no answer', { ok: false, status: null, error: 'connection refused' }],
])('does not repeat %s', async (_, result) => {
  const { sender, sent } = retrying(() => result);
  await sender.send(message);
  expect(sent).toHaveLength(1);
});

it('stops waiting when it is closed', async () => {
  const { sender: inner, sent, state } = fakeSender(() => busy(60));
  const sender = createRetryingSender(inner);
  const sending = sender.send(message);
  await sender.close();
  expect(await sending).toMatchObject({ status: 503 });
  expect(sent).toHaveLength(1);
  expect(state.closed).toBe(true);
});
