import type { Problem, SendResult, Transport } from '../../../cli/send/transport.ts';

/** What a transport tells of a product that was created. */
export const CREATED: Partial<SendResult> = {
  ok: true,
  status: 200,
  outcome: 'created',
};

/** What a transport tells of a message that was refused with a problem. */
export function refusal(status: number, problem: Partial<Problem>): Partial<SendResult> {
  return {
    status,
    problem: { title: null, detail: null, reason: null, issues: [], deadLetterId: null, ...problem },
  };
}

/** A transport that answers from a function and keeps the sources it was given. */
export function fakeTransport(answer: (index: number) => Partial<SendResult> | Error = () => CREATED) {
  const sent: string[] = [];
  const transport: Transport = {
    address: 'http://receiver.example',
    whenRefused: 'Start it.',
    isBroker: false,
    timeoutMs: 10_000,
    async send({ source }) {
      const answered = answer(sent.push(source) - 1);
      if (answered instanceof Error) throw answered;
      return answered;
    },
  };
  return { transport, sent };
}
