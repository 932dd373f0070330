import { type Environment, problemsOf, type SettingsProblem } from './settings-problem.ts';

/** The Kafka topic to receive from; the host reads brokers, topic, user and password from the settings themselves. */
export type KafkaSettings = {
  consumerGroup: string;
  /** Whether to sign in: SASL PLAIN over TLS. */
  hasUser: boolean;
};

/** The topic's settings, right or wrong; null if none names Kafka. */
export function kafkaSettings(env: Environment): KafkaSettings | null {
  if (!namesKafka(env)) return null;
  return {
    consumerGroup: env.KAFKA_CONSUMER_GROUP || 'ordercloud-product-sync',
    hasUser: Boolean(env.KAFKA_USERNAME),
  };
}

/** What is missing or malformed among the settings for Kafka. */
export function kafkaProblems(env: Environment): SettingsProblem[] {
  if (!namesKafka(env)) return [];
  const { problems, check } = problemsOf('kafka');
  const { KAFKA_BROKERS, KAFKA_TOPIC, KAFKA_USERNAME, KAFKA_PASSWORD } = env;
  const brokers = { name: 'KAFKA_BROKERS', value: KAFKA_BROKERS };
  check(brokers, 'must be HOST:PORT, several of them separated by commas', areBrokers);
  const topic = { name: 'KAFKA_TOPIC', value: KAFKA_TOPIC };
  check(topic, 'must be the name of a topic: letters, digits, `.`, `_` and `-`, up to 249', isTopic);
  if (KAFKA_USERNAME || KAFKA_PASSWORD) {
    check({ name: 'KAFKA_USERNAME', value: KAFKA_USERNAME }, '');
    check({ name: 'KAFKA_PASSWORD', value: KAFKA_PASSWORD }, '');
  }
  return problems;
}

/** The group alone names no Kafka, because it has a default. */
function namesKafka(env: Environment): boolean {
  return ['KAFKA_BROKERS', 'KAFKA_TOPIC', 'KAFKA_USERNAME', 'KAFKA_PASSWORD'].some((name) => env[name]);
}

/** Whether this is HOST:PORT, or several of them separated by commas. */
export function areBrokers(value: string): boolean {
  return value.split(',').every((broker) => {
    const port = /^(?:[\w.-]+|\[[\da-f:.]+\]):(\d{1,5})$/i.exec(broker)?.[1];
    return Number(port) >= 1 && Number(port) <= 65_535;
  });
}

function isTopic(value: string): boolean {
  return /^[\w.-]{1,249}$/.test(value) && !/^\.\.?$/.test(value);
}
