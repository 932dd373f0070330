import { randomUUID } from 'node:crypto';
import { type EventData, EventHubProducerClient } from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import type { RetryOptions } from '@azure/functions';
import { ContainerClient } from '@azure/storage-blob';
import { beforeAll, onTestFinished } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/azurite.ts';
import { startEventHubsBroker } from '../../../local/event-hubs/broker.ts';
import type { EventHubsOptions } from '../../../local/functions-host/event-hub-feed.ts';
import { setEnvironment } from '../../../local/settings.ts';
import { appHosts } from '../../support/fixture-app/app-hosts.ts';
import type { BatchAppOptions, BatchCall } from '../../support/fixture-app/batch-app.ts';
import { bundleBatchApp } from '../../support/fixture-app/bundle-app.ts';
import { type HostLog, textsOf } from '../../support/fixture-app/host-log.ts';
import { startRelay } from '../../support/relay.ts';

/** An Azurite for the tests of a file, and the stage that each test asks for. */
export function useAzurite() {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite();
    return () => azurite.close();
  });
  return {
    connectionString: () => azurite.connectionString,
    stage: (options: StageOptions = {}) =>
      setStage({ storageConnectionString: azurite.connectionString, ...options }),
  };
}

const SCOPE = ['127.0.0.1', 'products', '$Default'] as const;

type StageOptions = {
  storageConnectionString?: string;
  app?: BatchAppOptions;
  partitionCount?: number;
  eventHubs?: Partial<EventHubsOptions>;
};

export type Stage = Awaited<ReturnType<typeof setStage>>;

/** A broker with the hub `products`, an app that reads it, and as many hosts as a test starts. */
async function setStage(options: StageOptions & { storageConnectionString: string }) {
  const { storageConnectionString, partitionCount = 2 } = options;
  const broker = await startEventHubsBroker({ hub: { name: 'products', partitionCount } });
  onTestFinished(() => broker.close());
  // The way to the broker, which a test can close without its events being lost.
  const relay = await startRelay(broker.port);
  const connectionString = broker.connectionString.replace(`:${broker.port};`, `:${relay.port};`);
  const app = await bundleBatchApp('EventHub', options.app);
  onTestFinished(() => app.remove());
  onTestFinished(setEnvironment({ EventHubConnection: connectionString }));
  const checkpointContainer = `events-${randomUUID()}`;
  const container = new ContainerClient(storageConnectionString, checkpointContainer);
  await container.createIfNotExists();
  const store = new BlobCheckpointStore(container);
  let producer = new EventHubProducerClient(connectionString, 'products');
  onTestFinished(() => producer.close());
  // One whose connection is cut in the middle of sending waits a minute for an answer.
  const replaceProducer = async () => {
    await producer.close();
    producer = new EventHubProducerClient(connectionString, 'products');
  };
  const eventHubs = { storageConnectionString, checkpointContainer, ...options.eventHubs };
  const { close, ...hosts } = appHosts(
    { entry: app.entry, eventHubs },
    { EventHubConnection: connectionString },
  );
  onTestFinished(close);
  return {
    ...hosts,
    connectionString,
    async dropConnections() {
      await replaceProducer();
      broker.dropConnections();
    },
    /** Ends the broker; `start` begins again on the same port, with the same events. */
    async stopBroker() {
      await replaceProducer();
      relay.stop();
      return { start: () => relay.start() };
    },
    async publish(
      events: readonly (EventData | string)[],
      position: { partitionId?: string; partitionKey?: string } = {},
    ) {
      const batch = await producer.createBatch(position);
      for (const each of events) {
        const data = typeof each === 'string' ? event(each) : each;
        if (!batch.tryAdd(data)) throw new Error('The events do not fit into one publication.');
      }
      await producer.sendBatch(batch);
    },
    /** Sequence numbers by partition. */
    async checkpoints() {
      const found = await store.listCheckpoints(...SCOPE);
      return Object.fromEntries(
        found.map(({ partitionId, sequenceNumber }) => [partitionId, sequenceNumber]),
      );
    },
    ownership: () => store.listOwnership(...SCOPE),
  };
}

export const FIXED: RetryOptions = { strategy: 'fixedDelay', maxRetryCount: 3, delayInterval: 0 };
export const FOR_EVER: RetryOptions = { ...FIXED, maxRetryCount: -1 };

export const event = (text: string, properties?: Record<string, unknown>): EventData => ({
  body: Buffer.from(text),
  ...(properties && { properties }),
});

export const begins = ({ calls }: HostLog) => calls.filter(({ when }) => when === 'begin');

export const isEndOf =
  (text: string) =>
  (call: BatchCall): boolean =>
    call.when === 'end' && textsOf(call).includes(text);
