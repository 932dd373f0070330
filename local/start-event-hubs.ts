import { startAzurite } from './azurite.ts';
import { LOCAL_EVENT_HUB, LOCAL_EVENT_HUBS_PORT } from './defaults.ts';
import { startEventHubsBroker } from './event-hubs/broker.ts';
import type { EventHubsOptions } from './functions-host/event-hub-feed.ts';
import type { Log } from './functions-host/log.ts';
import { hubIn } from './functions-host/sources.ts';
import { PortTakenError } from './listen.ts';
import type { Stop } from './start-together.ts';

/** A hub that this machine's broker serves. */
export type LocalHub = { hub: string; connectionString: string };

/** The hub that the app reads. Without a connection string, only an identity gives access. */
export type EventHubs =
  | ({ isLocal: true } & LocalHub)
  | { isLocal: false; hub: string; connectionString: string | undefined };

/** How to start a hub. */
export type LocalHubOptions = {
  /** The user's settings. */
  given: Readonly<Record<string, string>>;
  /** Of the broker; 0 picks a free one, and `usual` too, where that of AMQP is taken. */
  port: number | 'usual';
  log: Log;
};

const PARTITIONS = 4;

/** For storage that others may use, too; it costs one request for each partition and round. */
const SHARED_OWNERSHIP_EXPIRY_MS = 30_000;

/**
 * Starts an empty hub, and Azurite for the checkpoints. With a namespace among the settings it starts no hub, and stores
 * checkpoints in `AzureWebJobsStorage`, if that is a storage account.
 */
export async function startEventHubs(
  options: LocalHubOptions,
  stops: Stop[],
): Promise<EventHubs & { feed: EventHubsOptions }> {
  const { EventHubConnection, EventHubConnection__fullyQualifiedNamespace, ...given } = options.given;
  const isLocal = !EventHubConnection && !EventHubConnection__fullyQualifiedNamespace;
  const source = isLocal
    ? { isLocal, ...(await startLocalHub(options, stops)) }
    : {
        isLocal,
        hub: (EventHubConnection && hubIn(EventHubConnection)) || hubName(given),
        connectionString: EventHubConnection,
      };
  const { AzureWebJobsStorage: storage } = given;
  // The sample of local.settings.json names an Azurite: here the stack's own.
  if (!isLocal && storage && !/UseDevelopmentStorage=true/i.test(storage)) {
    const feed = { storageConnectionString: storage, ownershipExpiryMs: SHARED_OWNERSHIP_EXPIRY_MS };
    return { ...source, feed };
  }
  const azurite = await startAzurite();
  stops.push(() => azurite.close());
  return { ...source, feed: { storageConnectionString: azurite.connectionString } };
}

/** Starts the broker with an empty hub, in memory, named as the settings say. */
export async function startLocalHub({ given, port, log }: LocalHubOptions, stops: Stop[]): Promise<LocalHub> {
  const group = given.EVENT_HUB_CONSUMER_GROUP;
  const hub = { name: hubName(given), partitionCount: PARTITIONS, ...(group && { consumerGroups: [group] }) };
  const start = (number: number) =>
    startEventHubsBroker({
      port: number,
      hub,
      log: (message) => log({ level: 'warning', category: 'host', message }),
    });
  const isUsual = port === 'usual';
  const broker = await start(isUsual ? LOCAL_EVENT_HUBS_PORT : port).catch((error: unknown) => {
    if (isUsual && error instanceof PortTakenError) return start(0);
    throw error;
  });
  stops.push(() => broker.close());
  return { hub: hub.name, connectionString: broker.connectionString };
}

function hubName({ EVENT_HUB_NAME }: Readonly<Record<string, string>>): string {
  return EVENT_HUB_NAME ?? LOCAL_EVENT_HUB;
}
