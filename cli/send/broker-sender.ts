import { type ProductEvent, toEvent } from './envelope.ts';
import { type Codes, createCalls, failureOf, type Sender, unsent } from './sender.ts';

/** A connection to a broker, with the codes of its client's errors. */
export type Broker = {
  publish(event: ProductEvent, signal: AbortSignal): Promise<unknown>;
  close(): Promise<unknown>;
  lasting: Codes;
  passing: Codes;
  /** Whether an error without a code means that there is no connection any more. */
  isLost?: boolean;
};

type BrokerSenderOptions = {
  /** The type of payloads that come without an envelope. */
  messageType: string;
  timeoutMs?: number;
};

/** For the whole of an event; the clients alone would wait a minute for a connection. */
const TIMEOUT_MS = 15_000;

/** Sends messages to a broker, one event each. What becomes of them it cannot know. */
export function createBrokerSender(
  broker: Broker,
  { messageType, timeoutMs = TIMEOUT_MS }: BrokerSenderOptions,
): Sender {
  const { lasting, passing, isLost = false } = broker;
  const calls = createCalls(timeoutMs);
  let isFirst = true;
  return {
    async send(message) {
      const event = toEvent(message.body, message.type ?? messageType);
      const { productId } = event;
      const publish = async (signal: AbortSignal) => {
        await broker.publish(event, signal);
        isFirst = false;
        return { ok: true, outcome: 'sent' };
      };
      // Before any has been accepted, the address may be wrong in many ways.
      const describe = (error: unknown) =>
        failureOf(error, { timeoutMs, isLasting: isFirst, lasting, passing, isLost });
      return { ...unsent(message), productId, ...(await calls.run(publish, describe)) };
    },
    async close() {
      calls.giveUp();
      await broker.close();
    },
  };
}
