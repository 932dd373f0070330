import { randomBytes } from 'node:crypto';
import { type Config, readConfig } from '../src/config.ts';
import { isLoopback } from '../src/settings/addresses.ts';
import { settingsReport } from '../src/settings/read-settings.ts';
import { LOCAL_KAFKA_TOPIC, LOCAL_WEBHOOK_SECRET } from './defaults.ts';
import type { Variables } from './settings.ts';
import { StartError } from './start-error.ts';

/**
 * What the app reads from these settings.
 * @throws StartError if they are not enough to process anything
 */
export function requireConfig(settings: Variables): Config & { app: NonNullable<Config['app']> } {
  const { app, ...others } = readConfig(settings);
  if (app === null) throw new StartError(settingsReport(others.problems));
  return { app, ...others };
}

/** None of the user's settings: without these the app registers no trigger. */
export const NO_EVENT_HUBS: Variables = {
  EventHubConnection: undefined,
  EventHubConnection__fullyQualifiedNamespace: undefined,
};

const NO_KAFKA: Variables = {
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
  if (chosen === false) return NO_KAFKA;
  if (chosen === '') return {};
  const isOther = chosen !== given.KAFKA_BROKERS;
  return {
    ...(isOther && { ...NO_KAFKA, KAFKA_BROKERS: chosen }),
    KAFKA_TOPIC: given.KAFKA_TOPIC ?? LOCAL_KAFKA_TOPIC,
  };
}

/**
 * The secret of a start whose settings have none: the public one if the documents stay on this machine, otherwise a
 * random one, because whoever knows it can write into the account.
 */
export function chooseWebhookSecret(settings: Variables): string {
  const { COSMOS_CONNECTION_STRING: text = '', COSMOS_ENDPOINT } = settings;
  const named = [/AccountEndpoint=([^;]+)/i.exec(text)?.[1], COSMOS_ENDPOINT].filter(
    (one) => one !== undefined,
  );
  const areHere = named.every((one) => URL.canParse(one) && isLoopback(new URL(one).hostname));
  return areHere ? LOCAL_WEBHOOK_SECRET : randomBytes(24).toString('hex');
}
