import type { Message, Producer } from 'kafkajs';
import { describeKafkaFailure } from './kafka-failure.ts';
import type { KafkaTarget } from './kafka-target.ts';
import type { ReplayMessage, Sender, SendResult } from './sender.ts';
import { NOTHING_TOLD } from './sent.ts';
import { toEvent } from './to-event.ts';

export type KafkaSenderOptions = Omit<KafkaTarget, 'address'> & {
  /** The type of payloads that come without an envelope. */
  messageType: string;
  /** False spreads the records over all partitions, instead of keeping those of one product in one. */
  keyed?: boolean;
};

/** A lost connection is tried again at once; a wrong address is soon told. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 500, retries: 2 };

const REQUEST_TIMEOUT_MS = 10_000;

/** Sends messages as OrderCloud's Kafka delivery does: one record each. What becomes of them it cannot know. */
export function createKafkaSender(options: KafkaSenderOptions): Sender {
  const { topic, messageType, keyed = true } = options;
  const closing = new AbortController();
  const interrupted = new Promise<never>((_, reject) => {
    closing.signal.addEventListener('abort', () => reject(new Interrupted()), { once: true });
  });
  interrupted.catch(() => {});
  let producer: Promise<Producer> | undefined;
  let isFirst = true;

  return {
    async send({ source, body }: ReplayMessage): Promise<SendResult> {
      const { event, productId } = toEvent(body, messageType);
      const result = { ...NOTHING_TOLD, source, productId };
      const message: Message = {
        key: keyed ? productId : null,
        value: event.body,
        ...(event.properties && { headers: { type: String(event.properties.type) } }),
      };
      const start = performance.now();
      try {
        producer ??= connectProducer(options);
        const sending = producer.then((ready) => ready.send({ topic, messages: [message] }));
        await Promise.race([sending, interrupted]);
        isFirst = false;
        return { ...result, ok: true, outcome: 'sent', milliseconds: since(start) };
      } catch (error) {
        const failure =
          error instanceof Interrupted
            ? { error: 'interrupted before the broker had taken it', unreachable: false }
            : describeKafkaFailure(error, { isFirst });
        return { ...result, ...failure, milliseconds: since(start) };
      }
    },
    async close() {
      closing.abort();
      await producer?.then(
        (ready) => ready.disconnect(),
        () => {},
      );
    },
  };
}

class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The client is loaded only where it is used. */
async function connectProducer({ brokers, user }: KafkaSenderOptions): Promise<Producer> {
  const { Partitioners } = await import('kafkajs');
  const { createKafkaClient } = await import('../../local/kafka-client.ts');
  const kafka = createKafkaClient(
    { brokers, user },
    { clientId: 'ordercloud-product-sync-replay', retry: RETRY, requestTimeout: REQUEST_TIMEOUT_MS },
  );
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return producer;
}

function since(start: number): number {
  return Math.round((performance.now() - start) * 100) / 100;
}
