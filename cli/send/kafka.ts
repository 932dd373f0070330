import type { Producer } from 'kafkajs';
import { LOCAL_KAFKA_TOPIC } from '../../local/defaults.ts';
import type { KafkaAccess } from '../../local/kafka-client.ts';
import { readKafkaSettings } from '../../src/settings/broker-settings.ts';
import { usageError } from '../common/command-error.ts';
import { typeAndProductOf } from './envelope.ts';
import type { Transport } from './transport.ts';

/** `type` is that of payloads without an envelope. */
export type KafkaFlags = { type: string; brokers?: string; topic?: string };

/** The client retries a lost connection at once, and gives up on a wrong address soon. */
const CLIENT = {
  clientId: 'ordercloud-product-sync-send',
  retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 2 },
  requestTimeout: 10_000,
};

/** Sends messages as OrderCloud's Kafka delivery does: one record each. */
export function kafkaTransport(flags: KafkaFlags, env: NodeJS.ProcessEnv): Transport {
  const { topic, address, ...access } = kafkaTarget(flags, env);
  let producer: Promise<Producer> | undefined;
  return {
    address,
    whenRefused: 'Is the broker running?',
    isBroker: true,
    timeoutMs: 15_000,
    async send(message) {
      producer ??= connectProducer(access);
      const { type, productId } = typeAndProductOf(message, flags.type);
      const record = { key: productId, value: message.body, ...(type !== null && { headers: { type } }) };
      await (await producer).send({ topic, messages: [record] });
      return { ok: true, outcome: 'sent' };
    },
    close: async () => (await producer?.catch(() => undefined))?.disconnect(),
  };
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

/** The topic to send to, and as whom; `address` names it without keys. */
type KafkaTarget = KafkaAccess & { topic: string; address: string };

/**
 * Reads the target from flags and environment. A user and password are only for the brokers that are set beside them:
 * others get none. No error quotes a value of the environment.
 */
export function kafkaTarget(
  flags: Pick<KafkaFlags, 'brokers' | 'topic'>,
  env: NodeJS.ProcessEnv,
): KafkaTarget {
  const brokers = flags.brokers ?? (env.KAFKA_BROKERS || undefined);
  if (brokers === undefined) {
    throw usageError('Which Kafka? Set KAFKA_BROKERS or pass --brokers HOST:PORT.');
  }
  const topic = flags.topic ?? (env.KAFKA_TOPIC || LOCAL_KAFKA_TOPIC);
  const { KAFKA_USERNAME, KAFKA_PASSWORD } = brokers === env.KAFKA_BROKERS ? env : {};
  const settings = { KAFKA_BROKERS: brokers, KAFKA_TOPIC: topic, KAFKA_USERNAME, KAFKA_PASSWORD };
  const problems = readKafkaSettings(settings).problems.map(({ name, problem }) => `${name} ${problem}`);
  if (problems.length > 0) throw usageError(`${problems.join('; ')}.`);
  const user =
    KAFKA_USERNAME && KAFKA_PASSWORD ? { username: KAFKA_USERNAME, password: KAFKA_PASSWORD } : undefined;
  return { brokers: brokers.split(','), topic, user, address: `kafka://${brokers}/${topic}` };
}
