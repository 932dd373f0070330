import { randomBytes } from 'node:crypto';
import { type Config, readConfig } from '../src/config.ts';
import { isLoopback } from '../src/settings/addresses.ts';
import { readAppSettings } from '../src/settings/app-settings.ts';
import { settingsReport } from '../src/settings/read-settings.ts';
import { LOCAL_KAFKA_TOPIC, LOCAL_WEBHOOK_SECRET } from './defaults.ts';
import type { Variables } from './settings.ts';
import { StartError } from './start-error.ts';
import type { EventHubs } from './start-event-hubs.ts';

/**
 * What the app reads from these settings.
 * @throws StartError if they are not enough to process anything
 */
export function requireConfig(settings: Variables): Config & { app: NonNullable<Config['app']> } {
  const { app, ...others } = readConfig(settings);
  if (app === null) throw new StartError(settingsReport(others.problems));
  return { app, ...others };
}

/** What a start brings. */
type Brought = {
  cosmos: { connectionString: string } | undefined;
  eventHubs: EventHubs | undefined;
  kafka: string | false | undefined;
};

/** The user's settings, and those by which the app finds what a start brings. */
export function stackSettings(given: Variables, { cosmos, eventHubs, kafka }: Brought): Variables {
  const settings = {
    ...withKafka(eventHubs ? given : without(given, 'EventHubConnection'), kafka),
    ...(cosmos && { COSMOS_CONNECTION_STRING: cosmos.connectionString }),
    ...(eventHubs?.isLocal && { EventHubConnection: eventHubs.connectionString }),
  };
  const secret = given.ORDERCLOUD_WEBHOOK_SECRETS ?? chooseWebhookSecret(settings);
  return { ...settings, ORDERCLOUD_WEBHOOK_SECRETS: secret };
}

/**
 * The settings with these brokers, with the brokers that they name, or with none. A user and password belong to the
 * brokers beside them, and go to no others.
 */
export function withKafka(given: Variables, chosen: string | false = ''): Variables {
  if (chosen === '') return given;
  if (chosen === false) return without(given, 'KAFKA_');
  const others = chosen === given.KAFKA_BROKERS ? given : without(given, 'KAFKA_(USERNAME|PASSWORD)');
  return { KAFKA_TOPIC: LOCAL_KAFKA_TOPIC, ...others, KAFKA_BROKERS: chosen };
}

/** Without them the app registers no trigger. */
function without(settings: Variables, names: string): Variables {
  const isOne = new RegExp(`^${names}`);
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !isOne.test(name)));
}

/**
 * The secret of a start whose settings have none: the public one if the documents stay on this machine, otherwise a
 * random one, because whoever knows it can write into the account.
 */
export function chooseWebhookSecret(settings: Variables): string {
  const { endpoint } = readAppSettings(settings).settings?.cosmos.access ?? {};
  const isHere = endpoint !== undefined && isLoopback(new URL(endpoint).hostname);
  return isHere ? LOCAL_WEBHOOK_SECRET : randomBytes(24).toString('hex');
}
