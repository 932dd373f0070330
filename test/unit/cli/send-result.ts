import type { Problem, Sender, SendResult } from '../../../cli/send/sender.ts';

/** A result as a sender gives it for a product that was created; `overrides` make it another one. */
export function sendResult(overrides: Partial<SendResult> = {}): SendResult {
  return {
    source: 'samples/aeropress-go.json',
    ok: true,
    status: 200,
    outcome: 'created',
    productId: 'AEROPRESS-GO',
    problem: null,
    milliseconds: 5,
    error: null,
    unreachable: false,
    retryAfterSeconds: null,
    ...overrides,
  };
}

/** A result of a message that was refused with a problem. */
export function refusal(
  status: number,
  problem: Partial<Problem>,
  overrides: Partial<SendResult> = {},
): SendResult {
  return sendResult({
    ok: false,
    status,
    outcome: null,
    productId: null,
    problem: { title: null, detail: null, reason: null, issues: [], deadLetterId: null, ...problem },
    ...overrides,
  });
}

/** A sender that answers from a function and keeps the sources it was given. */
export function fakeSender(answer: (index: number) => Partial<SendResult> = () => ({})) {
  const sent: string[] = [];
  const state = { closed: false };
  const sender: Sender = {
    async send({ source }) {
      return sendResult({ source, ...answer(sent.push(source) - 1) });
    },
    async close() {
      state.closed = true;
    },
  };
  return { sender, sent, state };
}
