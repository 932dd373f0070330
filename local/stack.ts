import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { type Config, readConfig } from '../src/config.ts';
import type { AppSettings, CosmosSettings } from '../src/settings/app-settings.ts';
import { isLoopback } from '../src/settings/loopback.ts';
import { settingsReport } from '../src/settings/settings-problem.ts';
import {
  readEntry,
  readFunctionTimeoutMs,
  readKafkaOptions,
  readMaxEventBatchSize,
  readRoutePrefix,
} from './app-files.ts';
import { closeAll, type Started } from './close-all.ts';
import { type CosmosServer, startCosmosServer } from './cosmos-server.ts';
import { createContainers } from './create-containers.ts';
import { inheritedSettings, setEnvironment, type Variables } from './environment.ts';
import { type HostFunction, startFunctionsHost } from './functions-host/host.ts';
import type { KafkaOptions } from './functions-host/kafka-feed.ts';
import { consoleLog, type Log } from './functions-host/log.ts';
import { type GivenSettingsOptions, givenSettings } from './given-settings.ts';
import { kafkaPlace, kafkaVariables, type UsedKafka } from './local-kafka.ts';
import { chooseWebhookSecret } from './local-webhook-secret.ts';
import { type OpenPage, openPage } from './page-server/open-page.ts';
import type { Targets } from './page-server/send.ts';
import { StartError } from './start-error.ts';
import { type StartedEventHubs, startEventHubs } from './start-event-hubs.ts';

/** Everything the app needs, running on this machine. */
export type Stack = {
  url: string;
  webhookUrl: string;
  healthUrl: string;
  /** The in-memory account; undefined if the settings point to another one. */
  cosmos: CosmosServer | undefined;
  cosmosSettings: CosmosSettings;
  /** What the app's Event Hubs trigger reads, and where to publish; undefined if there is none. */
  eventHubs: Pick<StartedEventHubs, 'connectionString' | 'hub' | 'isLocal'> | undefined;
  /** What the app's Kafka trigger reads; undefined if there is none. */
  kafka: UsedKafka | undefined;
  /** What signs the messages; undefined if the settings have their own secret. */
  webhookSecret: string | undefined;
  functions: readonly HostFunction[];
  /** Lets requests in flight finish, for 10 seconds as in Azure unless told otherwise. */
  close(options?: { graceMs?: number }): Promise<void>;
};

const GRACE_MS = 10_000;

/** How to start the stack; every part is optional. */
export type StackOptions = GivenSettingsOptions & {
  /** Of the Functions host; 7071 as with Core Tools, 0 picks a free one. */
  port?: number;
  /** Of the in-memory Cosmos DB; 0 picks a free one. */
  cosmosPort?: number;
  /** False leaves Event Hubs out, also those that the settings name: the app gets no events. */
  eventHubs?: boolean;
  /** Of the local Event Hubs; 0 picks a free one, and `usual` that of AMQP, or a free one where it is taken. */
  eventHubsPort?: number | 'usual';
  /**
   * Brokers to read from, `HOST:PORT`, whatever the settings name; false leaves Kafka out. Absent: what the settings
   * name, if anything.
   */
  kafka?: string | false;
  /** How the host fetches records, if not as host.json says. */
  kafkaFeed?: KafkaOptions;
  /** How long one invocation may take, if not as host.json says. */
  functionTimeoutMs?: number;
  /** The project, with package.json, host.json and perhaps local.settings.json. */
  folder?: string;
  /** The built app; otherwise what package.json names as `main`. */
  entry?: string;
  log?: Log;
};

/**
 * Starts the in-memory Cosmos DB with its database and containers and the local Event Hubs, sets the app's settings in
 * this process's environment and runs the built app. With COSMOS_CONNECTION_STRING or COSMOS_ENDPOINT among the
 * settings it starts no server and creates nothing: the app then works on that account. The same holds for
 * EventHubConnection and Event Hubs.
 * @throws StartError with one line for the person who started it
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const {
    port = 7071,
    cosmosPort = 0,
    eventHubsPort = 0,
    folder = process.cwd(),
    log = consoleLog,
  } = options;
  const entry = await builtEntry(folder, options.entry);
  const routePrefix = await readRoutePrefix(folder);
  const given = await givenSettings(folder, options);
  const started: Started = [];
  let page: OpenPage | undefined;
  try {
    const cosmos = namesAccount(given)
      ? undefined
      : await startCosmosServer({
          port: cosmosPort,
          onAnswer: (milliseconds) => page?.onStoreAnswer(milliseconds),
        });
    if (cosmos) started.push(() => cosmos.close());
    const eventHubs =
      options.eventHubs === false ? undefined : await startEventHubs({ given, port: eventHubsPort, log });
    if (eventHubs) started.push(() => eventHubs.close());
    const webhookSecret = given.ORDERCLOUD_WEBHOOK_SECRETS ? undefined : chooseWebhookSecret(given);
    const settings = {
      ...appEnvironment(given, cosmos, eventHubs),
      ...(webhookSecret && { ORDERCLOUD_WEBHOOK_SECRETS: webhookSecret }),
      ...kafkaVariables(given, options.kafka),
    };
    const config = readConfig(settings);
    const appSettings = requireAppSettings(config);
    const cosmosSettings = appSettings.cosmos;
    started.push(setEnvironment(settings));
    if (cosmos) await createContainers(cosmosSettings);

    const maxEventBatchSize = await readMaxEventBatchSize(folder);
    const feed = eventHubs && { ...eventHubs.feed, ...(maxEventBatchSize && { maxEventBatchSize }) };
    const consumerGroup = config.kafka?.consumerGroup;
    const kafka = consumerGroup === undefined ? undefined : { consumerGroup, ...kafkaPlace(settings) };
    const kafkaFeed = { ...(await readKafkaOptions(folder)), ...options.kafkaFeed };
    const opened = openPage({
      ...{ settings: appSettings, variables: settings, folder, isLocalStore: cosmos !== undefined },
      eventhub: targetOf(eventHubs),
      kafka: isOnThisMachine(kafka) ? kafka : null,
      secret: String(settings.ORDERCLOUD_WEBHOOK_SECRETS ?? '').split(',')[0] ?? '',
    });
    page = opened;
    started.push(() => opened.close());
    const host = await startFunctionsHost({
      ...{ entry, port, routePrefix, watch: opened.watch, page: opened.server },
      log: (entry) => {
        opened.log(entry);
        log(entry);
      },
      eventHubs: feed,
      kafka: kafka && kafkaFeed,
      functionTimeoutMs: options.functionTimeoutMs ?? (await readFunctionTimeoutMs(folder)),
    });
    started.push((graceMs) => host.close({ graceMs }));
    const baseUrl = [host.url, routePrefix].filter((part) => part !== '').join('/');
    const address = { webhookUrl: `${baseUrl}/webhooks/products`, healthUrl: `${baseUrl}/health` };
    opened.setAddress(address);
    return {
      url: host.url,
      ...address,
      cosmos,
      cosmosSettings,
      eventHubs,
      kafka,
      webhookSecret,
      functions: host.functions,
      close: ({ graceMs = GRACE_MS } = {}) => closeAll(started, graceMs),
    };
  } catch (error) {
    await closeAll(started, 0);
    throw error;
  }
}

/** Only the local hub: a real one gets nothing by mistake. */
function targetOf(eventHubs: StartedEventHubs | undefined): Targets['eventhub'] {
  const { isLocal, connectionString, hub } = eventHubs ?? {};
  return isLocal && connectionString !== undefined && hub !== undefined ? { connectionString, hub } : null;
}

function isOnThisMachine(kafka: UsedKafka | undefined): kafka is UsedKafka {
  return kafka?.brokers.split(',').every((broker) => isLoopback(broker.replace(/:\d+$/, ''))) ?? false;
}

async function builtEntry(folder: string, chosen: string | undefined): Promise<string> {
  const entry = chosen ?? (await readEntry(folder));
  if (existsSync(entry)) return entry;
  throw new StartError(`${relative(folder, entry)} is missing. Build it: npm run build`);
}

function appEnvironment(
  given: Record<string, string>,
  cosmos: CosmosServer | undefined,
  eventHubs: StartedEventHubs | undefined,
): Variables {
  return {
    ...Object.fromEntries(inheritedSettings().map((name) => [name, undefined])),
    ...(cosmos && { COSMOS_CONNECTION_STRING: cosmos.connectionString }),
    ...given,
    // Without these the app registers no trigger.
    ...(eventHubs?.settings ?? NO_EVENT_HUBS),
  };
}

const NO_EVENT_HUBS = {
  EventHubConnection: undefined,
  EventHubConnection__fullyQualifiedNamespace: undefined,
};

function requireAppSettings({ app, problems }: Config): AppSettings {
  if (app !== null) return app;
  throw new StartError(settingsReport(problems));
}

function namesAccount(settings: Record<string, string>): boolean {
  return settings.COSMOS_CONNECTION_STRING !== undefined || settings.COSMOS_ENDPOINT !== undefined;
}
