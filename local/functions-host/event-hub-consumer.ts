import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CheckpointStore,
  EventHubConsumerClient,
  type EventHubConsumerClientOptions,
  earliestEventPosition,
  type PartitionContext,
  type ReceivedEventData,
  type SubscribeOptions,
} from '@azure/event-hubs';
import { StartError } from '../start-error.ts';
import type { EventHubSource } from './event-hub-source.ts';

/** What a consumer reads, under which name, and what it does with the events. */
export type ConsumerOptions = {
  source: EventHubSource;
  store: CheckpointStore;
  /** The name under which it owns partitions. */
  owner: string;
  settings: {
    /** A batch has at most this many events. */
    maxEventBatchSize: number;
    /** A consumer that has not renewed its partitions for this long loses them to others. */
    ownershipExpiryMs: number;
  };
  /** Gets one batch of a partition after another. If it throws, fetching of the partition pauses. */
  take(events: ReceivedEventData[], partition: PartitionContext): Promise<void>;
  /** Gets the errors; the partition's id is empty if an error belongs to none. */
  onError(error: Error, partitionId: string): void;
  /** Aborted before `close`. */
  closing: AbortSignal;
};

/** The SDK's consumer at work. */
export type Consumer = { close(): Promise<void> };

/** Between attempts; the SDK alone would try again at once, or in half a minute. */
const RETRY_MS = 250;

/** While a consumer waits for events it does not notice that its connection is gone. */
const MAX_WAIT_SECONDS = 1;

/**
 * Starts to fetch events as soon as the hub can be reached.
 * @throws StartError if the connection string is invalid
 */
export async function startConsumer(options: ConsumerOptions): Promise<Consumer> {
  const { take, onError, closing, settings } = options;
  const client = await createClient(options);
  const processError = async (error: Error, { partitionId }: { partitionId: string }) => {
    if (closing.aborted) return;
    onError(error, partitionId);
    await sleep(RETRY_MS, undefined, { signal: closing }).catch(() => {});
  };
  const reached = waitUntilReached(client, processError, closing).then(() => {
    if (!closing.aborted) client.subscribe({ processEvents: take, processError }, subscribeOptions(settings));
  });
  return {
    async close() {
      await reached;
      await client.close();
    },
  };
}

/** Before subscribing: the balancing of a consumer that cannot reach its hub says so only after two minutes. */
async function waitUntilReached(
  client: EventHubConsumerClient,
  processError: (error: Error, partition: { partitionId: string }) => Promise<void>,
  abortSignal: AbortSignal,
): Promise<void> {
  while (!abortSignal.aborted) {
    try {
      await client.getEventHubProperties({ abortSignal });
      return;
    } catch (error) {
      await processError(error instanceof Error ? error : new Error(String(error)), { partitionId: '' });
    }
  }
}

async function createClient(options: ConsumerOptions): Promise<EventHubConsumerClient> {
  const { hub, consumerGroup, access } = options.source;
  const rest = [options.store, clientOptions(options)] as const;
  if (access.kind === 'identity') {
    const { DefaultAzureCredential } = await import('@azure/identity');
    const namespace = access.fullyQualifiedNamespace;
    return new EventHubConsumerClient(consumerGroup, namespace, hub, new DefaultAzureCredential(), ...rest);
  }
  try {
    return new EventHubConsumerClient(consumerGroup, access.connectionString, hub, ...rest);
  } catch {
    // The SDK's message may contain the connection string, so message and cause are left out.
    throw new StartError('Its connection string is not one of Event Hubs.');
  }
}

function clientOptions({ owner, settings }: ConsumerOptions): EventHubConsumerClientOptions {
  const { ownershipExpiryMs } = settings;
  return {
    identifier: owner,
    // After several failures in a row the SDK gives up a partition, and returns to it after half a minute; after a
    // single one it continues by itself, once `processError` has returned.
    retryOptions: { maxRetries: 0 },
    loadBalancingOptions: {
      // `balanced`, the default, takes one partition in each round.
      strategy: 'greedy',
      updateIntervalInMs: ownershipExpiryMs / 5,
      partitionOwnershipExpirationIntervalInMs: ownershipExpiryMs,
    },
  };
}

function subscribeOptions({ maxEventBatchSize }: ConsumerOptions['settings']): SubscribeOptions {
  return {
    startPosition: earliestEventPosition,
    maxBatchSize: maxEventBatchSize,
    maxWaitTimeInSeconds: MAX_WAIT_SECONDS,
    // Bytes that happen to be JSON would arrive parsed.
    skipParsingBodyAsJson: true,
  };
}
