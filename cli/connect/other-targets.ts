import { connectionParts } from '../../src/settings/addresses.ts';
import { eventHubProblems } from '../../src/settings/broker-settings.ts';
import { usageError } from '../common/command-error.ts';
import { textOf } from '../ordercloud/model.ts';
import {
  givenSecret,
  isSameDestination,
  type Secret,
  secretFrom,
  type TargetSources,
  type WantedTarget,
} from './target.ts';

const CONNECTION_STRING = 'ORDERCLOUD_EVENT_HUB_CONNECTION_STRING';

/** The Event Hub that the app reads. */
export async function eventHubDeliveryTarget(sources: TargetSources): Promise<WantedTarget> {
  const { flags, given, present } = sources;
  const EventHubName = flags.hub ?? given.EVENT_HUB_NAME;
  const connection = await secretFrom(sources, {
    variable: CONNECTION_STRING,
    what: 'connection string with the right to send, and no other',
    isKept: isSameDestination('EventHub', present, { EventHubName }),
  });
  const { hub, notes } = readConnectionString(connection.value);
  if (hub !== undefined && flags.hub !== undefined && hub !== flags.hub) {
    throw usageError(`The connection string is for the hub "${hub}", and --hub names another.`);
  }
  return {
    name: 'EventHub',
    values: { EventHubName: hub ?? EventHubName ?? textOf(present?.EventHubName) ?? 'products' },
    secrets: { ConnectionString: { ...connection, notes: [...connection.notes, ...notes] } },
  };
}

const MAY_DO_ALL =
  'The connection string may do everything in the namespace. Better one of a rule that may only send.';

/** The hub that a connection string is for, and a warning if it may do too much. */
function readConnectionString(text: string | undefined): { hub?: string | undefined; notes: string[] } {
  if (!text) return { notes: [] };
  const [problem] = eventHubProblems({ EventHubConnection: text });
  if (problem !== undefined) throw usageError(`${CONNECTION_STRING} ${problem.problem}.`);
  const parts = connectionParts(text);
  const mayDoAll = parts.get('sharedaccesskeyname') === 'RootManageSharedAccessKey';
  return { hub: parts.get('entitypath'), notes: mayDoAll ? [MAY_DO_ALL] : [] };
}

const PASSWORD = 'ORDERCLOUD_KAFKA_PASSWORD';

/** Everybody logs in to an Event Hub by this name; the password is the connection string. */
const EVENT_HUBS_USERNAME = '$ConnectionString';

/** Where a value comes from: a flag, else a setting of the app, else what OrderCloud has. */
type Source = { flag: string | undefined; variable: string; property: string; option: string };

/** The Kafka topic that the app reads; the app's own settings are the defaults. */
export async function kafkaDeliveryTarget(sources: TargetSources): Promise<WantedTarget> {
  const { flags, given, present } = sources;
  const required = ({ flag, variable, property, option }: Source) => {
    const value = flag ?? given[variable] ?? textOf(present?.[property]);
    if (value) return value;
    throw usageError(`${option} is missing (or set ${variable}).`);
  };
  const values = {
    BootstrapServers: required({
      flag: flags.bootstrapServers,
      variable: 'KAFKA_BROKERS',
      property: 'BootstrapServers',
      option: '--bootstrap-servers',
    }),
    Topic: required({ flag: flags.topic, variable: 'KAFKA_TOPIC', property: 'Topic', option: '--topic' }),
    SaslUsername: required({
      flag: flags.username,
      variable: 'KAFKA_USERNAME',
      property: 'SaslUsername',
      option: '--username',
    }),
  };
  const isSame = isSameDestination('Kafka', present, values) && present.SaslUsername === values.SaslUsername;
  const appPassword = given[PASSWORD] === undefined ? passwordOfApp(values, sources) : null;
  const SaslPassword =
    appPassword ??
    (await secretFrom(sources, {
      variable: PASSWORD,
      what: `password of ${values.SaslUsername}`,
      isKept: isSame,
    }));
  return { name: 'Kafka', values, secrets: { SaslPassword } };
}

/**
 * OrderCloud gets the app's own password if both log in by the same name at the same brokers. Not at an Event Hub: there
 * everybody has the same name, and the app's connection string is one to listen with.
 */
function passwordOfApp(
  { SaslUsername, BootstrapServers }: { SaslUsername: string; BootstrapServers: string },
  { given }: TargetSources,
): Secret | null {
  const { KAFKA_PASSWORD: value, KAFKA_USERNAME, KAFKA_BROKERS } = given;
  const isSameUser = KAFKA_USERNAME === SaslUsername && SaslUsername !== EVENT_HUBS_USERNAME;
  if (!value || !isSameUser || listOf(KAFKA_BROKERS ?? '') !== listOf(BootstrapServers)) return null;
  return givenSecret('KAFKA_PASSWORD', value);
}

function listOf(brokers: string): string {
  const names = brokers.split(',').map((each) => each.trim().toLowerCase());
  return names.sort().join(',');
}

/** Sitecore Search as another target: added, or kept with what the flags change. */
export async function searchDeliveryTarget(sources: TargetSources): Promise<WantedTarget> {
  const { present, flags } = sources;
  const properties = [
    ['Domain', flags.searchDomain, '--search-domain'],
    ['Source', flags.searchSource, '--search-source'],
    ['Endpoint', flags.searchEndpoint, '--search-endpoint'],
    ['Entity', flags.searchEntity, '--search-entity'],
  ] as const;
  const missing = properties.flatMap(([, value, option]) => (value ? [] : [option]));
  if (present === null && missing.length > 0) {
    throw usageError(`There is no Sitecore Search target yet. To add one, give ${missing.join(', ')}.`);
  }
  const values = Object.fromEntries(properties.flatMap(([name, value]) => (value ? [[name, value]] : [])));
  const ApiKey = await secretFrom(sources, {
    variable: 'SITECORE_SEARCH_API_KEY',
    what: 'API key of Sitecore Search',
    isKept: isSameDestination('SearchIngestion', present, values),
  });
  return { name: 'SearchIngestion', values, secrets: { ApiKey } };
}
