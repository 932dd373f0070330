import { startAzurite } from './azurite.ts';
import { LOCAL_EVENT_HUB, LOCAL_EVENT_HUBS_PORT } from './defaults.ts';
import { type EventHubsBroker, startEventHubsBroker } from './event-hubs/broker.ts';
import type { EventHubsOptions } from './functions-host/event-hub-feed.ts';
import { hubIn } from './functions-host/event-hub-source.ts';
import type { Log } from './functions-host/log.ts';
import { PortTakenError } from './listen.ts';
import type { Stop } from './start-together.ts';

/** The Event Hubs that the app reads. */
export type EventHubs = {
  hub: string;
  /** What the host needs to reach it. */
  feed: EventHubsOptions;
} & (
  | { isLocal: true; connectionString: string }
  /** Without connection string if only an identity gives access. */
  | { isLocal: false; connectionString: string | undefined }
);

/** How to start it. */
export type EventHubsStartOptions = {
  /** The user's settings. */
  given: Readonly<Record<string, string>>;
  /** Of the broker; 0 picks a free one, and `usual` too, where that of AMQP is taken. */
  port: number | 'usual';
  /** Whether Azurite takes its usual ports, if they are free. */
  azuriteOnUsualPorts?: boolean;
  log: Log;
};

const PARTITIONS = 4;

/** For storage that others may use, too; it costs one request for each partition and round. */
const SHARED_OWNERSHIP_EXPIRY_MS = 30_000;

/**
 * Starts the local Event Hubs. With a namespace among the settings it starts no broker, and stores checkpoints in
 * `AzureWebJobsStorage`, if that is a storage account.
 */
export async function startEventHubs(options: EventHubsStartOptions, stops: Stop[]): Promise<EventHubs> {
  const { given } = options;
  const { EventHubConnection: connectionString, AzureWebJobsStorage: storage } = given;
  if (!connectionString && !given.EventHubConnection__fullyQualifiedNamespace) {
    return startLocalEventHubs(options, stops);
  }
  const hub = (connectionString && hubIn(connectionString)) || hubName(given);
  const base = { hub, isLocal: false as const, connectionString };
  // The sample of local.settings.json names an Azurite: here the stack's own.
  if (!storage || /UseDevelopmentStorage=true/i.test(storage))
    return { ...base, feed: await startFeed(stops) };
  return {
    ...base,
    feed: { storageConnectionString: storage, ownershipExpiryMs: SHARED_OWNERSHIP_EXPIRY_MS },
  };
}

/** Starts the broker with an empty hub, and Azurite for the checkpoints; both are in memory. */
export async function startLocalEventHubs(
  options: EventHubsStartOptions,
  stops: Stop[],
): Promise<EventHubs & { isLocal: true }> {
  const { connectionString, close } = await startBroker(options);
  stops.push(close);
  const feed = await startFeed(stops, options.azuriteOnUsualPorts);
  return { hub: hubName(options.given), isLocal: true, connectionString, feed };
}

async function startFeed(stops: Stop[], onUsualPorts = false): Promise<EventHubsOptions> {
  const azurite = await startAzurite({ onUsualPorts });
  stops.push(() => azurite.close());
  return { storageConnectionString: azurite.connectionString };
}

async function startBroker({ given, port, log }: EventHubsStartOptions): Promise<EventHubsBroker> {
  const group = given.EVENT_HUB_CONSUMER_GROUP;
  const hub = { name: hubName(given), partitionCount: PARTITIONS, ...(group && { consumerGroups: [group] }) };
  const start = (number: number) =>
    startEventHubsBroker({
      port: number,
      hub,
      log: (message) => log({ level: 'warning', category: 'host', message }),
    });
  if (port !== 'usual') return start(port);
  return start(LOCAL_EVENT_HUBS_PORT).catch((error: unknown) => {
    if (error instanceof PortTakenError) return start(0);
    throw error;
  });
}

function hubName({ EVENT_HUB_NAME }: Readonly<Record<string, string>>): string {
  return EVENT_HUB_NAME ?? LOCAL_EVENT_HUB;
}
