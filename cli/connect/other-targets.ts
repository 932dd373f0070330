import { connectionParts } from '../../src/settings/addresses.ts';
import { readEventHubSettings } from '../../src/settings/broker-settings.ts';
import { usageError } from '../common/command-error.ts';
import { textOf } from '../ordercloud/model.ts';
import {
  type ConnectFlags,
  givenSecret,
  isSameDestination,
  KEPT,
  secretFrom,
  type TargetSources,
  type WantedTarget,
  type WantedValue,
  withNotes,
} from './target.ts';

const CONNECTION_STRING = 'ORDERCLOUD_EVENT_HUB_CONNECTION_STRING';

/** The Event Hub that the app reads. */
export async function eventHubDeliveryTarget(sources: TargetSources): Promise<WantedTarget> {
  const { flags, given, present } = sources;
  const EventHubName = flags.hub ?? given.EVENT_HUB_NAME;
  const connection = await secretFrom(sources, {
    variable: CONNECTION_STRING,
    what: 'connection string with the right to send, and no other',
    isKept: isSameDestination(present, { EventHubName }),
  });
  const { hub, notes } = readConnectionString(connection);
  if (hub !== undefined && flags.hub !== undefined && hub !== flags.hub) {
    throw usageError(`The connection string is for the hub "${hub}", and --hub names another.`);
  }
  const value = hub ?? EventHubName ?? textOf(present?.EventHubName) ?? 'products';
  const properties = { EventHubName: { value }, ConnectionString: withNotes(connection, notes) };
  return { name: 'EventHub', properties };
}

const MAY_DO_ALL =
  'The connection string may do everything in the namespace. Better one of a rule that may only send.';

/** The hub that a connection string is for, and a warning if it may do too much. */
function readConnectionString(connection: WantedValue): { hub?: string | undefined; notes: string[] } {
  const { value } = connection;
  if (!value || connection === KEPT) return { notes: [] };
  const [problem] = readEventHubSettings({ EventHubConnection: value }).problems;
  if (problem !== undefined) throw usageError(`${CONNECTION_STRING} ${problem.problem}.`);
  const parts = connectionParts(value);
  const mayDoAll = parts.get('sharedaccesskeyname') === 'RootManageSharedAccessKey';
  return { hub: parts.get('entitypath'), notes: mayDoAll ? [MAY_DO_ALL] : [] };
}

/** A property, the option that gives it, and the app's setting that is its default. */
type Row = readonly [property: string, flag: keyof ConnectFlags, variable?: string];

const KAFKA: readonly Row[] = [
  ['BootstrapServers', 'bootstrapServers', 'KAFKA_BROKERS'],
  ['Topic', 'topic', 'KAFKA_TOPIC'],
  ['SaslUsername', 'username', 'KAFKA_USERNAME'],
];

const SEARCH: readonly Row[] = [
  ['Domain', 'searchDomain'],
  ['Source', 'searchSource'],
  ['Endpoint', 'searchEndpoint'],
  ['Entity', 'searchEntity'],
];

/** What the user gives, or else what OrderCloud has. */
function valuesFrom(
  { flags, given, present }: TargetSources,
  rows: readonly Row[],
): Readonly<Record<string, string>> {
  const missing: string[] = [];
  const values = rows.flatMap(([property, flag, variable = '']) => {
    const value = textOf(flags[flag] ?? given[variable] ?? present?.[property]);
    if (value !== undefined) return [[property, value]];
    const option = `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    missing.push(variable === '' ? option : `${option} (or ${variable})`);
    return [];
  });
  if (missing.length > 0) throw usageError(`The target needs more: give ${missing.join(', ')}.`);
  return Object.fromEntries(values);
}

function wantedValues(values: Readonly<Record<string, string>>): Record<string, WantedValue> {
  return Object.fromEntries(Object.entries(values).map(([property, value]) => [property, { value }]));
}

/** The Kafka topic that the app reads; the app's own settings are the defaults. */
export async function kafkaDeliveryTarget(sources: TargetSources): Promise<WantedTarget> {
  const values = valuesFrom(sources, KAFKA);
  const SaslPassword =
    passwordOfApp(values, sources) ??
    (await secretFrom(sources, {
      variable: PASSWORD,
      what: `password of ${values.SaslUsername}`,
      isKept: isSameDestination(sources.present, values),
    }));
  return { name: 'Kafka', properties: { ...wantedValues(values), SaslPassword } };
}

const PASSWORD = 'ORDERCLOUD_KAFKA_PASSWORD';

/** Everybody logs in to an Event Hub by this name; the password is the connection string. */
const EVENT_HUBS_USERNAME = '$ConnectionString';

/**
 * OrderCloud gets the app's own password if both log in by the same name at the same brokers. Not at an Event Hub: there
 * everybody has the same name, and the app's connection string is one to listen with.
 */
function passwordOfApp(
  { SaslUsername, BootstrapServers = '' }: Readonly<Record<string, string>>,
  { given }: TargetSources,
): WantedValue | null {
  const { KAFKA_PASSWORD: value, KAFKA_USERNAME, KAFKA_BROKERS = '' } = given;
  if (!value || given[PASSWORD] !== undefined || SaslUsername === EVENT_HUBS_USERNAME) return null;
  const isSame = KAFKA_USERNAME === SaslUsername && listOf(KAFKA_BROKERS) === listOf(BootstrapServers);
  return isSame ? givenSecret('KAFKA_PASSWORD', value) : null;
}

function listOf(brokers: string): string {
  const names = brokers.split(',').map((each) => each.trim().toLowerCase());
  return names.sort().join(',');
}

/** Sitecore Search as another target: added, or kept with what the flags change. */
export async function searchDeliveryTarget(sources: TargetSources): Promise<WantedTarget> {
  const values = valuesFrom(sources, SEARCH);
  const ApiKey = await secretFrom(sources, {
    variable: 'SITECORE_SEARCH_API_KEY',
    what: 'API key of Sitecore Search',
    isKept: isSameDestination(sources.present, values),
  });
  return { name: 'SearchIngestion', properties: { ...wantedValues(values), ApiKey } };
}
