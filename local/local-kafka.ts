import { kafkaProblems, kafkaSettings } from '../src/settings/kafka-settings.ts';
import type { Variables } from './environment.ts';

/** The topic that the local stack reads where the settings name none: as the hub of its Event Hubs. */
export const LOCAL_KAFKA_TOPIC = 'products';

/** The Kafka that the app reads, for display. */
export type UsedKafka = { brokers: string; topic: string; consumerGroup: string };

/** Settings by which the app finds it, or does not, and what it finds; undefined where that is nothing. */
type KafkaChoice = { settings: Variables; used: UsedKafka | undefined };

/** Nothing of what the user's settings say: without these the app registers no trigger. */
const NONE: Variables = {
  KAFKA_BROKERS: undefined,
  KAFKA_TOPIC: undefined,
  KAFKA_USERNAME: undefined,
  KAFKA_PASSWORD: undefined,
};

/**
 * Chooses the brokers: those given, else those of the user's settings, or none. A user and password are for the
 * brokers that they stand beside, and go to no others.
 */
export function kafkaFor(given: Readonly<Record<string, string>>, chosen: string | false = ''): KafkaChoice {
  if (chosen === false) return { settings: NONE, used: undefined };
  const isOther = chosen !== '' && chosen !== given.KAFKA_BROKERS;
  const settings: Variables = {
    ...(isOther && { ...NONE, KAFKA_BROKERS: chosen }),
    ...(chosen !== '' && { KAFKA_TOPIC: given.KAFKA_TOPIC ?? LOCAL_KAFKA_TOPIC }),
  };
  const all = { ...given, ...settings };
  const found = kafkaProblems(all).length === 0 ? kafkaSettings(all) : null;
  const { KAFKA_BROKERS: brokers = '', KAFKA_TOPIC: topic = '' } = all;
  return { settings, used: found ? { brokers, topic, consumerGroup: found.consumerGroup } : undefined };
}
