import { usageError } from '../common/command-error.ts';
import {
  givenSecret,
  isSameDestination,
  spaceNotes,
  type TargetSources,
  type WantedTarget,
} from './target.ts';

export type EventHubFlags = { hub?: string; newConnectionString?: true };

const CONNECTION_STRING = 'ORDERCLOUD_EVENT_HUB_CONNECTION_STRING';

/** The Event Hub that the app reads. */
export async function eventHubTarget(flags: EventHubFlags, sources: TargetSources): Promise<WantedTarget> {
  const { given, present } = sources;
  const keptHub = flags.hub ?? given.EVENT_HUB_NAME;
  const isSame = isSameDestination('EventHub', present, { EventHubName: keptHub });
  const isKept = isSame && given[CONNECTION_STRING] === undefined && !flags.newConnectionString;
  const connection = isKept
    ? null
    : await givenSecret(sources, {
        variable: CONNECTION_STRING,
        question: 'Connection string with the right to send, and no other',
      });
  const parts = connection === null || connection.value === '' ? null : partsOf(connection.value);
  const hub =
    flags.hub ?? parts?.EntityPath ?? given.EVENT_HUB_NAME ?? textOf(present?.EventHubName) ?? 'products';
  if (parts?.EntityPath !== undefined && parts.EntityPath !== hub) {
    throw usageError(`The connection string is for the hub "${parts.EntityPath}", and --hub names another.`);
  }
  return {
    name: 'EventHub',
    values: { EventHubName: hub, ...(connection && { ConnectionString: connection.value }) },
    origins: { ConnectionString: connection?.origin ?? 'kept' },
    notes: [
      ...(connection?.notes ?? []),
      ...(isKept ? ['The connection string stays as it is in OrderCloud.'] : []),
      ...(parts?.SharedAccessKeyName === 'RootManageSharedAccessKey'
        ? [
            'The connection string may do everything in the namespace. Better one of a rule that may only send.',
          ]
        : []),
    ],
  };
}

function partsOf(connectionString: string): Record<string, string> {
  const parts = Object.fromEntries(
    connectionString.split(';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    }),
  );
  if (!/^sb:\/\/[^/]+/i.test(parts.Endpoint ?? '') || !parts.SharedAccessKeyName || !parts.SharedAccessKey) {
    throw usageError(
      `${CONNECTION_STRING} must hold Endpoint=sb://…, SharedAccessKeyName=… and SharedAccessKey=….`,
    );
  }
  return parts;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export type KafkaFlags = { bootstrapServers?: string; topic?: string; username?: string; newPassword?: true };

const PASSWORD = 'ORDERCLOUD_KAFKA_PASSWORD';

/** At an Event Hub everybody logs in by this name; what differs is the password, a connection string. */
const EVENT_HUBS_USERNAME = '$ConnectionString';

/** The Kafka topic that the app reads; the app's own settings are the defaults. */
export async function kafkaTarget(flags: KafkaFlags, sources: TargetSources): Promise<WantedTarget> {
  const { given, present } = sources;
  const { bootstrapServers, topic, username } = flags;
  const values = {
    BootstrapServers: required(
      bootstrapServers,
      'KAFKA_BROKERS',
      'BootstrapServers',
      '--bootstrap-servers',
      sources,
    ),
    Topic: required(topic, 'KAFKA_TOPIC', 'Topic', '--topic', sources),
    SaslUsername: required(username, 'KAFKA_USERNAME', 'SaslUsername', '--username', sources),
  };
  const app = given[PASSWORD] === undefined ? appPassword(values, sources) : null;
  const isSame = isSameDestination('Kafka', present, values) && present.SaslUsername === values.SaslUsername;
  const isKept = isSame && given[PASSWORD] === undefined && app === null && !flags.newPassword;
  const question = `Password of ${values.SaslUsername}`;
  const password = isKept ? null : (app ?? (await givenSecret(sources, { variable: PASSWORD, question })));
  return {
    name: 'Kafka',
    values: { ...values, ...(password && { SaslPassword: password.value }) },
    origins: { SaslPassword: password?.origin ?? 'kept' },
    notes: isKept ? ['The password stays as it is in OrderCloud.'] : (password?.notes ?? []),
  };
}

/**
 * The app's own password is OrderCloud's too, if both log in by the same name at the same brokers. Not at an Event Hub,
 * where the name says nothing, and the app's connection string is one to listen with.
 */
function appPassword(
  { SaslUsername, BootstrapServers }: { SaslUsername: string; BootstrapServers: string },
  { given }: TargetSources,
): { value: string; origin: string; notes: string[] } | null {
  const { KAFKA_PASSWORD: value, KAFKA_USERNAME, KAFKA_BROKERS } = given;
  const isSameUser = KAFKA_USERNAME === SaslUsername && SaslUsername !== EVENT_HUBS_USERNAME;
  if (!value || !isSameUser || listOf(KAFKA_BROKERS ?? '') !== listOf(BootstrapServers)) return null;
  return { value, origin: 'from KAFKA_PASSWORD', notes: spaceNotes('KAFKA_PASSWORD', value) };
}

function listOf(brokers: string): string {
  const names = brokers.split(',').map((each) => each.trim().toLowerCase());
  return names.sort().join(',');
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
  throw usageError(`${option} is missing (or set ${variable}).`);
}
