import type { KafkaAccess } from '../../local/kafka-client.ts';
import { LOCAL_KAFKA_TOPIC } from '../../local/local-kafka.ts';
import { areBrokers } from '../../src/settings/kafka-settings.ts';
import { misuse } from './target.ts';

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
    throw misuse('Which Kafka? Set KAFKA_BROKERS or pass --brokers HOST:PORT.');
  }
  if (!areBrokers(brokers))
    throw misuse('KAFKA_BROKERS must be HOST:PORT, several of them separated by commas.');
  const topic = flags.topic ?? (env.KAFKA_TOPIC || LOCAL_KAFKA_TOPIC);
  if (topic === '') throw misuse('--topic is empty.');
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
  throw misuse('KAFKA_USERNAME and KAFKA_PASSWORD go together: one of them is not set.');
}
