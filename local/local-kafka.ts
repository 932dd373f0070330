import type { Variables } from './environment.ts';

/** The topic that the local stack reads if the settings name none: the name of its Event Hub. */
export const LOCAL_KAFKA_TOPIC = 'products';

/** The Kafka that the app reads, for display. */
export type UsedKafka = { brokers: string; topic: string; consumerGroup: string };

/** None of the user's settings: without these the app registers no trigger. */
const NONE: Variables = {
  KAFKA_BROKERS: undefined,
  KAFKA_TOPIC: undefined,
  KAFKA_USERNAME: undefined,
  KAFKA_PASSWORD: undefined,
};

/**
 * The settings by which the app finds its brokers: those given, else those of the user's settings, or none. A user and
 * password belong to the brokers beside them, and go to no others.
 */
export function kafkaVariables(given: Variables, chosen: string | false = ''): Variables {
  if (chosen === false) return NONE;
  const isOther = chosen !== '' && chosen !== given.KAFKA_BROKERS;
  return {
    ...(isOther && { ...NONE, KAFKA_BROKERS: chosen }),
    ...(chosen !== '' && { KAFKA_TOPIC: given.KAFKA_TOPIC ?? LOCAL_KAFKA_TOPIC }),
  };
}

/** Where complete settings say that it is. */
export function kafkaPlace({
  KAFKA_BROKERS = '',
  KAFKA_TOPIC = '',
}: Variables): Pick<UsedKafka, 'brokers' | 'topic'> {
  return { brokers: KAFKA_BROKERS, topic: KAFKA_TOPIC };
}
