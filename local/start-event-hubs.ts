import { startAzurite } from './azurite.ts';
import type { Variables } from './environment.ts';
import { type EventHubsBroker, startEventHubsBroker } from './event-hubs/broker.ts';
import type { EventHubsOptions } from './functions-host/event-hub-feed.ts';
import { hubIn } from './functions-host/event-hub-source.ts';
import type { Log } from './functions-host/log.ts';
import { PortTakenError } from './listen.ts';
import { LOCAL_EVENT_HUB, LOCAL_EVENT_HUBS_PORT } from './local-event-hub.ts';

/** The Event Hubs that the app reads, with what the app and the host need to reach it. */
export type StartedEventHubs = {
  /** Undefined if only an identity gives access. */
  connectionString: string | undefined;
  hub: string;
  /** Whether this machine's broker serves it. */
  isLocal: boolean;
  /** Settings by which the app finds it, if the user's own do not name one. */
  settings: Variables;
  feed: EventHubsOptions;
  close(): Promise<void>;
};

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
 * Starts the broker with an empty hub, and Azurite for the checkpoints; both are in memory. With `EventHubConnection`
 * among the settings it starts no broker, and stores checkpoints in `AzureWebJobsStorage`, if that is a storage account.
 */
export async function startEventHubs(options: EventHubsStartOptions): Promise<StartedEventHubs> {
  const { given } = options;
  if (!namesNamespace(given)) return startLocalEventHubs(options);
  const connectionString = given.EventHubConnection;
  const named = connectionString === undefined ? undefined : hubIn(connectionString);
  const base = { connectionString, hub: named ?? hubName(given), isLocal: false, settings: {} };
  const storageConnectionString = storageAccountIn(given);
  if (storageConnectionString !== undefined) {
    const feed = { storageConnectionString, ownershipExpiryMs: SHARED_OWNERSHIP_EXPIRY_MS };
    return { ...base, feed, close: async () => {} };
  }
  const azurite = await startAzurite();
  const feed = { storageConnectionString: azurite.connectionString };
  return { ...base, feed, close: () => azurite.close() };
}

/** Starts the broker and Azurite, whatever the settings name besides the hub and its consumer group. */
export async function startLocalEventHubs(
  options: EventHubsStartOptions,
): Promise<StartedEventHubs & { connectionString: string }> {
  const broker = await startBroker(options);
  const azurite = await startAzurite({ onUsualPorts: options.azuriteOnUsualPorts ?? false }).catch(
    async (error: unknown) => {
      await broker.close();
      throw error;
    },
  );
  const { connectionString } = broker;
  return {
    connectionString,
    hub: hubName(options.given),
    isLocal: true,
    settings: { EventHubConnection: connectionString },
    feed: { storageConnectionString: azurite.connectionString },
    async close() {
      await Promise.all([broker.close(), azurite.close()]);
    },
  };
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

function namesNamespace(given: Readonly<Record<string, string>>): boolean {
  return (
    given.EventHubConnection !== undefined || given.EventHubConnection__fullyQualifiedNamespace !== undefined
  );
}

/** `UseDevelopmentStorage=true`, as in the sample of local.settings.json, means an Azurite: here the stack's own. */
function storageAccountIn({
  AzureWebJobsStorage: text,
}: Readonly<Record<string, string>>): string | undefined {
  return text === undefined || /UseDevelopmentStorage=true/i.test(text) ? undefined : text;
}
