import type { Message, Producer } from 'kafkajs';
import type { KafkaAccess } from '../../local/kafka-client.ts';
import { LOCAL_KAFKA_TOPIC } from '../../local/local-kafka.ts';
import { areBrokers } from '../../src/settings/kafka-settings.ts';
import { usageError } from '../common/command-error.ts';
import { toEvent } from './envelope.ts';
import { type MessageToSend, NOTHING_TOLD, type Sender, type SendResult } from './sender.ts';
import { UNREACHABLE } from './webhook-sender.ts';

type KafkaFlags = { brokers?: string | undefined; topic?: string | undefined };

/** The topic to send to, and as whom; `address` names it without keys. */
export type KafkaTarget = KafkaAccess & { topic: string; address: string };

/**
 * Puts a target together from flags and environment. A user and password are for the brokers that they stand beside:
 * others get none. No error quotes a value of the environment.
 */
export function kafkaTargetFrom(flags: KafkaFlags, env: NodeJS.ProcessEnv): KafkaTarget {
  const brokers = flags.brokers ?? (env.KAFKA_BROKERS || undefined);
  if (brokers === undefined) {
    throw usageError('Which Kafka? Set KAFKA_BROKERS or pass --brokers HOST:PORT.');
  }
  if (!areBrokers(brokers))
    throw usageError('KAFKA_BROKERS must be HOST:PORT, several of them separated by commas.');
  const topic = flags.topic ?? (env.KAFKA_TOPIC || LOCAL_KAFKA_TOPIC);
  if (topic === '') throw usageError('--topic is empty.');
  return {
    brokers: brokers.split(','),
    topic,
    user: brokers === env.KAFKA_BROKERS ? userIn(env) : undefined,
    address: `kafka://${brokers}/${topic}`,
  };
}

function userIn({ KAFKA_USERNAME: username, KAFKA_PASSWORD: password }: NodeJS.ProcessEnv) {
  if (!username && !password) return undefined;
  if (username && password) return { username, password };
  throw usageError('KAFKA_USERNAME and KAFKA_PASSWORD go together: one of them is not set.');
}

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
    async send({ source, body }: MessageToSend): Promise<SendResult> {
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

/** What Kafka's protocol calls faults that every other record would meet as well. */
const LASTING: Readonly<Record<string, string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'there is no such topic',
  INVALID_TOPIC_EXCEPTION: 'the topic has a name that Kafka does not take',
  TOPIC_AUTHORIZATION_FAILED: 'the user has no right to write to the topic',
  CLUSTER_AUTHORIZATION_FAILED: 'the user has no right to write',
  SASL_AUTHENTICATION_FAILED: 'the user or the password is refused',
};

/** What the next record need not meet. */
const PASSING: Readonly<Record<string, string>> = { MESSAGE_TOO_LARGE: 'larger than the broker takes' };

/** Says in a few words why the client could not send a record. */
export function describeKafkaFailure(
  error: unknown,
  { isFirst }: { isFirst: boolean },
): { error: string; unreachable: boolean } {
  const chain = causesOf(error);
  for (const { type, code, message, name } of chain) {
    // The network's own code is only in the words.
    const network = code ?? /\b(E[A-Z_]{4,})\b/.exec(message)?.[1] ?? '';
    const lasting = UNREACHABLE[network] ?? LASTING[type ?? ''];
    if (lasting !== undefined) return { error: lasting, unreachable: true };
    const passing = PASSING[type ?? ''];
    if (passing !== undefined) return { error: passing, unreachable: false };
    if (name === 'KafkaJSSASLAuthenticationError') {
      return { error: 'the user or the password is refused', unreachable: true };
    }
    if (/timed? ?out/i.test(message)) return { error: 'no answer in time', unreachable: isFirst };
  }
  const words = chain.at(-1)?.message;
  return { error: `sending failed (${words || 'no reason given'})`, unreachable: isFirst };
}

type Fault = { type?: string; code?: string; message: string; name: string };

/** The client wraps what happened, sometimes more than once; the outermost first. */
function causesOf(error: unknown): Fault[] {
  if (!(error instanceof Error)) return [];
  const { type, code } = error as { type?: unknown; code?: unknown };
  const fault: Fault = {
    name: error.name,
    message: error.message,
    ...(typeof type === 'string' && { type }),
    ...(typeof code === 'string' && { code }),
  };
  return [fault, ...causesOf(error.cause)];
}
