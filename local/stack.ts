import { isLoopback } from '../src/settings/addresses.ts';
import type { CosmosSettings } from '../src/settings/app-settings.ts';
import { type CosmosServer, type CosmosServerOptions, startCosmosServer } from './cosmos-server.ts';
import { createContainers } from './create-containers.ts';
import { startFunctionsHost } from './functions-host/host.ts';
import { consoleLog, type Log } from './functions-host/log.ts';
import { type OpenPage, openPage } from './page-server/open-page.ts';
import { readEntry, readHostJson } from './project-files.ts';
import { readStartSettings, type StartSettingsOptions, setEnvironment, type Variables } from './settings.ts';
import { requireConfig, stackSettings } from './stack-settings.ts';
import { type EventHubs, startEventHubs } from './start-event-hubs.ts';
import { startTogether } from './start-together.ts';

/** The Kafka that the app reads. */
export type UsedKafka = { brokers: string; topic: string; consumerGroup: string; isLocal: boolean };

/** Everything the app needs, running on this machine. */
export type Stack = {
  url: string;
  webhookUrl: string;
  healthUrl: string;
  /** The in-memory account; undefined if the settings point to another one. */
  cosmos: CosmosServer | undefined;
  cosmosSettings: CosmosSettings;
  /** What the app's Event Hubs trigger reads, and where to publish; undefined if there is none. */
  eventHubs: EventHubs | undefined;
  /** What the app's Kafka trigger reads; undefined if there is none. */
  kafka: UsedKafka | undefined;
  /** What signs the messages; undefined if the settings have their own secret. */
  webhookSecret: string | undefined;
  /** Lets requests in flight finish, for 10 seconds as in Azure unless told otherwise. */
  close(options?: { graceMs?: number }): Promise<void>;
};

/** How to start the stack; every part is optional. */
export type StackOptions = StartSettingsOptions & {
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
  /** The project, with package.json, host.json, the built app and perhaps local.settings.json. */
  folder?: string;
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
  const { port = 7071, eventHubsPort = 0, folder = process.cwd(), log = consoleLog } = options;
  const entry = await readEntry(folder);
  const hostJson = await readHostJson(folder);
  const given = await readStartSettings(folder, options);
  return startTogether(async (stops) => {
    let page: OpenPage | undefined;
    const cosmos = await startCosmos(given, {
      port: options.cosmosPort ?? 0,
      onAnswer: (milliseconds) => page?.messages.seconds.addStoreAnswer(milliseconds),
    });
    if (cosmos) stops.push(() => cosmos.close());
    const eventHubs =
      options.eventHubs === false
        ? undefined
        : await startEventHubs({ given, port: eventHubsPort, log }, stops);
    const settings = stackSettings(given, { cosmos, eventHubs, kafka: options.kafka });
    const webhookSecret = given.ORDERCLOUD_WEBHOOK_SECRETS ? undefined : settings.ORDERCLOUD_WEBHOOK_SECRETS;
    const config = requireConfig(settings);
    const cosmosSettings = config.app.cosmos;
    stops.push(setEnvironment(settings));
    if (cosmos) await createContainers(cosmosSettings);
    const kafka = config.kafka ? usedKafka(settings, config.kafka.consumerGroup) : undefined;

    const opened = openPage({
      ...{ settings: config.app, variables: settings, folder, isLocalStore: cosmos !== undefined },
      // A real hub or broker gets nothing by mistake.
      eventhub: eventHubs?.isLocal ? eventHubs : null,
      kafka: kafka?.isLocal ? kafka : null,
      secret: config.webhookSecrets[0] ?? '',
    });
    page = opened;
    stops.push(() => opened.close());
    const { routePrefix, functionTimeoutMs } = hostJson;
    const host = await startFunctionsHost({
      ...{ entry, port, routePrefix, functionTimeoutMs, watch: opened.messages, page: opened.server },
      log: (line) => {
        opened.messages.onLog(line);
        log(line);
      },
      eventHubs: eventHubs && { ...eventHubs.feed, ...hostJson.eventHubs },
      kafka: kafka && { ...hostJson.kafka },
    });
    stops.push((graceMs) => host.close({ graceMs }));
    const baseUrl = [host.url, routePrefix].filter((part) => part !== '').join('/');
    const address = { webhookUrl: `${baseUrl}/webhooks/products`, healthUrl: `${baseUrl}/health` };
    opened.setAddress(address);
    return { url: host.url, ...address, cosmos, cosmosSettings, eventHubs, kafka, webhookSecret };
  });
}

/** None where the settings name an account. */
async function startCosmos(
  given: Variables,
  options: CosmosServerOptions,
): Promise<CosmosServer | undefined> {
  return given.COSMOS_CONNECTION_STRING || given.COSMOS_ENDPOINT ? undefined : startCosmosServer(options);
}

function usedKafka(
  { KAFKA_BROKERS: brokers = '', KAFKA_TOPIC: topic = '' }: Variables,
  consumerGroup: string,
): UsedKafka {
  const isLocal = brokers.split(',').every((broker) => isLoopback(broker.replace(/:\d+$/, '')));
  return { brokers, topic, consumerGroup, isLocal };
}
