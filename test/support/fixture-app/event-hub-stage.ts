import { randomUUID } from 'node:crypto';
import { type EventData, EventHubProducerClient, type PartitionOwnership } from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { ContainerClient } from '@azure/storage-blob';
import { startEventHubsBroker } from '../../../local/event-hubs/broker.ts';
import type { EventHubsOptions } from '../../../local/functions-host/event-hub-feed.ts';
import { setEnvironment } from '../../../local/settings.ts';
import { startRelay } from '../relay.ts';
import { type AppHosts, appHosts } from './app-hosts.ts';
import type { BatchAppOptions } from './batch-app.ts';
import { type BundledApp, bundleApp } from './bundle-app.ts';

export type PublishTo = { partitionId?: string; partitionKey?: string };

/** A broker with the hub `products`, an app that reads it, and as many hosts as a test starts. */
export type Stage = AppHosts<Partial<EventHubsOptions>> & {
  connectionString: string;
  dropConnections(): Promise<void>;
  /** Ends the broker; `start` begins again on the same port, with the same events. */
  stopBroker(): Promise<{ start(): Promise<void> }>;
  publish(events: readonly (EventData | string)[], position?: PublishTo): Promise<void>;
  /** Sequence numbers by partition. */
  checkpoints(): Promise<Record<string, number>>;
  ownership(): Promise<PartitionOwnership[]>;
};

/** Bundles the app, with its options in it. */
export function bundleEventHubApp(options: BatchAppOptions = {}): Promise<BundledApp> {
  return bundleApp(
    `import { registerEventHubApp } from './batch-app.ts'; registerEventHubApp(${JSON.stringify(options)});`,
  );
}

const SCOPE = ['127.0.0.1', 'products', '$Default'] as const;

export async function setStage(options: {
  storageConnectionString: string;
  app?: BatchAppOptions;
  partitionCount?: number;
  eventHubs?: Partial<EventHubsOptions>;
}): Promise<Stage> {
  const { storageConnectionString, partitionCount = 2 } = options;
  const broker = await startEventHubsBroker({ hub: { name: 'products', partitionCount } });
  // The way to the broker, which a test can close without its events being lost.
  const relay = await startRelay(broker.port);
  const connectionString = broker.connectionString.replace(`:${broker.port};`, `:${relay.port};`);
  const app = await bundleEventHubApp(options.app);
  const restoreEnvironment = setEnvironment({ EventHubConnection: connectionString });
  const checkpointContainer = `events-${randomUUID()}`;
  const eventHubs = { storageConnectionString, checkpointContainer, ...options.eventHubs };
  const container = new ContainerClient(storageConnectionString, checkpointContainer);
  await container.createIfNotExists();
  const store = new BlobCheckpointStore(container);
  let producer = new EventHubProducerClient(connectionString, 'products');
  // One whose connection is cut in the middle of sending waits a minute for an answer.
  const replaceProducer = async () => {
    await producer.close();
    producer = new EventHubProducerClient(connectionString, 'products');
  };
  const hosts = appHosts(
    (more?: Partial<EventHubsOptions>) => ({ entry: app.entry, eventHubs: { ...eventHubs, ...more } }),
    { EventHubConnection: connectionString },
  );
  return {
    ...hosts,
    async dropConnections() {
      await replaceProducer();
      broker.dropConnections();
    },
    connectionString,
    async stopBroker() {
      await replaceProducer();
      relay.stop();
      return { start: () => relay.start() };
    },
    async publish(events, position = {}) {
      const batch = await producer.createBatch(position);
      for (const event of events) {
        const data = typeof event === 'string' ? { body: Buffer.from(event) } : event;
        if (!batch.tryAdd(data)) throw new Error('The events do not fit into one publication.');
      }
      await producer.sendBatch(batch);
    },
    async checkpoints() {
      const found = await store.listCheckpoints(...SCOPE);
      return Object.fromEntries(
        found.map(({ partitionId, sequenceNumber }) => [partitionId, sequenceNumber]),
      );
    },
    ownership: () => store.listOwnership(...SCOPE),
    async close() {
      await hosts.close();
      await producer.close();
      relay.stop();
      await broker.close();
      await app.remove();
      restoreEnvironment();
    },
  };
}
