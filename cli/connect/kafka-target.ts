import { misuse } from '../support/surroundings.ts';
import { givenSecret } from './given-secret.ts';
import type { TargetSources, WantedTarget } from './wanted-target.ts';

export type KafkaFlags = { bootstrapServers?: string; topic?: string; username?: string; newPassword?: true };

const VARIABLE = 'ORDERCLOUD_KAFKA_PASSWORD';

/** The Kafka topic that the app reads; the app's own settings are the defaults. */
export async function kafkaTarget(flags: KafkaFlags, sources: TargetSources): Promise<WantedTarget> {
  const { present } = sources;
  const username = required(flags.username, 'KAFKA_USERNAME', 'SaslUsername', '--username', sources);
  const given = { ...sources.given };
  // The app's own password is OrderCloud's too, if both log in by the same name.
  if (given[VARIABLE] === undefined && given.KAFKA_PASSWORD && given.KAFKA_USERNAME === username) {
    given[VARIABLE] = given.KAFKA_PASSWORD;
  }
  const isSameUser = present?.SaslUsername === username;
  const isKept = isSameUser && given[VARIABLE] === undefined && !flags.newPassword;
  const password = isKept
    ? null
    : await givenSecret({ ...sources, given }, { variable: VARIABLE, question: `Password of ${username}` });
  return {
    name: 'Kafka',
    values: {
      BootstrapServers: required(
        flags.bootstrapServers,
        'KAFKA_BROKERS',
        'BootstrapServers',
        '--bootstrap-servers',
        sources,
      ),
      Topic: required(flags.topic, 'KAFKA_TOPIC', 'Topic', '--topic', sources),
      SaslUsername: username,
      ...(password && { SaslPassword: password.value }),
    },
    origins: { SaslPassword: password?.origin ?? 'kept' },
    notes: isKept ? ['The password stays as it is in OrderCloud.'] : [],
  };
}

function required(
  flag: string | undefined,
  variable: string,
  property: string,
  option: string,
  { given, present }: TargetSources,
): string {
  const value = flag ?? given[variable] ?? present?.[property];
  if (typeof value === 'string' && value !== '') return value;
  throw misuse(`${option} is missing (or set ${variable}).`);
}
