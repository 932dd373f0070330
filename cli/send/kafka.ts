import type { Producer } from 'kafkajs';
import type { KafkaAccess } from '../../local/kafka-client.ts';
import { LOCAL_KAFKA_TOPIC } from '../../local/local-kafka.ts';
import { areBrokers } from '../../src/settings/kafka-settings.ts';
import { usageError } from '../common/command-error.ts';
import { createBrokerSender } from './broker-sender.ts';
import type { Sender } from './sender.ts';

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
const CLIENT = {
  clientId: 'ordercloud-product-sync-send',
  retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 2 },
  requestTimeout: 10_000,
};

/** What Kafka's protocol calls errors of the topic, or of our access to it. */
const LASTING = {
  UNKNOWN_TOPIC_OR_PARTITION: 'there is no such topic',
  INVALID_TOPIC_EXCEPTION: 'the topic has a name that Kafka does not take',
  TOPIC_AUTHORIZATION_FAILED: 'the user has no right to write to the topic',
  CLUSTER_AUTHORIZATION_FAILED: 'the user has no right to write',
  SASL_AUTHENTICATION_FAILED: 'the user or the password is refused',
  KafkaJSSASLAuthenticationError: 'the user or the password is refused',
};

const PASSING = { MESSAGE_TOO_LARGE: 'larger than the broker takes' };

/** Sends messages as OrderCloud's Kafka delivery does: one record each. */
export function createKafkaSender({
  topic,
  keyed = true,
  messageType,
  ...access
}: KafkaSenderOptions): Sender {
  let producer: Promise<Producer> | undefined;
  return createBrokerSender(
    {
      async publish({ event, productId }) {
        producer ??= connectProducer(access);
        const type = event.properties?.type;
        const message = {
          key: keyed ? productId : null,
          value: event.body,
          ...(type !== undefined && { headers: { type: String(type) } }),
        };
        await (await producer).send({ topic, messages: [message] });
      },
      close: async () => (await producer?.catch(() => undefined))?.disconnect(),
      lasting: LASTING,
      passing: PASSING,
    },
    { messageType },
  );
}

/** The client is loaded only where it is used. */
async function connectProducer(access: KafkaAccess): Promise<Producer> {
  const { Partitioners } = await import('kafkajs');
  const { createKafkaClient } = await import('../../local/kafka-client.ts');
  const producer = createKafkaClient(access, CLIENT).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return producer;
}
