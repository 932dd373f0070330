import { connectionParts, isLoopback } from './addresses.ts';
import { type Environment, readSettings, text } from './read-settings.ts';

/** The Event Hub to receive from. */
export type EventHubSettings = { hub: string; consumerGroup: string };

/** The Kafka topic to receive from; the host reads brokers, topic, user and password from the settings themselves. */
export type KafkaSettings = {
  consumerGroup: string;
  /** Whether to sign in: SASL PLAIN over TLS. */
  hasUser: boolean;
};

const NOT_SET = { settings: null, problems: [] };

const CONNECTION = {
  EventHubConnection: text(
    'must hold Endpoint=sb://…; SharedAccessKeyName=…; and SharedAccessKey=…; with UseDevelopmentEmulator=true only on this machine',
    isConnectionString,
  ),
};

const NAMESPACE = {
  EventHubConnection__fullyQualifiedNamespace: text(
    'must be a host name such as NAME.servicebus.windows.net',
    (host) => /^[a-z\d]([\w.-]*[a-z\d])?$/i.test(host),
  ),
};

const HUB = {
  EVENT_HUB_NAME: text('must be the name of a hub: letters, digits, `.`, `_` and `-`, up to 256', (hub) =>
    /^[a-z\d]([\w.-]{0,254}[a-z\d])?$/i.test(hub),
  ).optional(),
  EVENT_HUB_CONSUMER_GROUP: text(
    'must be $Default or the name of a consumer group: letters, digits, `.`, `_` and `-`, up to 50',
    (group) => group === '$Default' || /^[\w.-]{1,50}$/.test(group),
  ).optional(),
};

/** The hub that settings name, right or wrong. The connection string wins over the namespace, as in the host. */
export function readEventHubSettings(env: Environment) {
  if (!env.EventHubConnection && !env.EventHubConnection__fullyQualifiedNamespace) return NOT_SET;
  const table = env.EventHubConnection ? { ...CONNECTION, ...HUB } : { ...NAMESPACE, ...HUB };
  const { problems } = readSettings('event-hub', table, env);
  const { EVENT_HUB_NAME: hub, EVENT_HUB_CONSUMER_GROUP: consumerGroup } = env;
  const settings: EventHubSettings = { hub: hub || 'products', consumerGroup: consumerGroup || '$Default' };
  return { settings, problems };
}

/** The SDK speaks to an emulator without TLS: its key must not leave this machine. */
function isConnectionString(value: string): boolean {
  const parts = connectionParts(value);
  const endpoint = parts.get('endpoint') ?? '';
  if (!/^sb:\/\//i.test(endpoint) || !URL.canParse(endpoint)) return false;
  const { hostname } = new URL(endpoint.replace(/^sb:/i, 'http:'));
  const hasKey = parts.get('sharedaccesskeyname') && parts.get('sharedaccesskey');
  const isPlain = parts.get('usedevelopmentemulator')?.toLowerCase() === 'true';
  return Boolean(hasKey || parts.get('sharedaccesssignature')) && (!isPlain || isLoopback(hostname));
}

const TOPIC = {
  KAFKA_BROKERS: text('must be HOST:PORT, several of them separated by commas', areBrokers),
  KAFKA_TOPIC: text(
    'must be the name of a topic: letters, digits, `.`, `_` and `-`, up to 249',
    (topic) => /^[\w.-]{1,249}$/.test(topic) && !/^\.\.?$/.test(topic),
  ),
};

const USER = { KAFKA_USERNAME: text('', Boolean), KAFKA_PASSWORD: text('', Boolean) };

/** The topic's settings, right or wrong. The group alone does not name Kafka, because it has a default. */
export function readKafkaSettings(env: Environment) {
  const { KAFKA_BROKERS, KAFKA_TOPIC, KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_CONSUMER_GROUP } = env;
  const hasUser = Boolean(KAFKA_USERNAME || KAFKA_PASSWORD);
  if (!KAFKA_BROKERS && !KAFKA_TOPIC && !hasUser) return NOT_SET;
  const { problems } = readSettings('kafka', hasUser ? { ...TOPIC, ...USER } : TOPIC, env);
  const consumerGroup = KAFKA_CONSUMER_GROUP || 'ordercloud-product-sync';
  const settings: KafkaSettings = { consumerGroup, hasUser };
  return { settings, problems };
}

/** Whether this is HOST:PORT, or several of them separated by commas. */
export function areBrokers(value: string): boolean {
  return value.split(',').every((broker) => {
    const port = /^(?:[\w.-]+|\[[\da-f:.]+\]):(\d{1,5})$/i.exec(broker)?.[1];
    return Number(port) >= 1 && Number(port) <= 65_535;
  });
}
