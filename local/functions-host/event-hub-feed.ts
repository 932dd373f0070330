import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CheckpointStore,
  EventHubConsumerClient,
  type EventHubConsumerClientOptions,
  earliestEventPosition,
  type PartitionContext,
  type ReceivedEventData,
} from '@azure/event-hubs';
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob';
import { ContainerClient } from '@azure/storage-blob';
import { StartError } from '../start-error.ts';
import { type BatchRunner, type Feed, waitBriefly } from './batch-runner.ts';
import { toEventHubRequest } from './event-hub-request.ts';
import type { EventHubSource } from './sources.ts';
import type { Worker } from './worker.ts';

/** How functions with an Event Hubs trigger get their events. */
export type EventHubsOptions = {
  /** Of a storage account or Azurite, where checkpoints and the ownership of partitions are stored. */
  storageConnectionString: string;
  /** That of the host in Azure, unless given: with its storage account, this host continues from there. */
  checkpointContainer?: string;
  maxEventBatchSize?: number;
  /** A consumer that has not renewed its partitions for this long loses them to others. */
  ownershipExpiryMs?: number;
};

type EventHubFeedOptions = {
  source: EventHubSource;
  /** Of the trigger's binding. */
  bindingName: string;
  capabilities: Worker['capabilities'];
  runner: BatchRunner;
  settings: EventHubsOptions;
};

/** Azure's default, as of extension 5. */
const MAX_EVENT_BATCH_SIZE = 100;

/** Between attempts; the SDK alone would try again at once, or in half a minute. */
const RETRY_MS = 250;

/** While a consumer waits for events it does not notice that its connection is gone. */
const MAX_WAIT_SECONDS = 1;

/**
 * Feeds a function with the SDK's consumer: from its checkpoints, or else from the oldest event; the batches of one
 * partition one after another, partitions side by side. It starts as soon as the hub can be reached.
 * @throws StartError if the connection string is invalid
 */
export async function startEventHubFeed(options: EventHubFeedOptions): Promise<Feed> {
  const { runner, settings } = options;
  const { storageConnectionString, checkpointContainer = 'azure-webjobs-eventhub' } = settings;
  const container = new ContainerClient(storageConnectionString, checkpointContainer, {
    // The consumer asks again every round by itself.
    retryOptions: { maxTries: 2, retryDelayInMs: 100, maxRetryDelayInMs: 100 },
  });
  const client = await createClient(options, new BlobCheckpointStore(container));

  const processError = async (error: unknown, { partitionId }: { partitionId: string }) => {
    if (runner.closing.aborted) return;
    const { name, message, code } = error as Error & { code?: string };
    if (code === 'ReceiverDisconnectedError') {
      runner.log('information', `partition ${partitionId}: another host has taken over`);
    } else if (name !== 'AbortError') {
      runner.warn(`no events for now, trying again. ${name}: ${message}`);
    }
    await sleep(RETRY_MS, undefined, { signal: runner.closing }).catch(() => {});
  };
  // Without this, the balancing of a consumer that cannot reach its hub says so only after two minutes.
  const reach = async (): Promise<void> => {
    while (!runner.closing.aborted) {
      try {
        await container.createIfNotExists();
        await client.getEventHubProperties({ abortSignal: runner.closing });
        return;
      } catch (error) {
        await processError(error, { partitionId: '' });
      }
    }
  };
  const reached = reach().then(() => {
    if (runner.closing.aborted) return;
    const processEvents = (events: ReceivedEventData[], partition: PartitionContext) =>
      runEvents(events, partition, options);
    client.subscribe(
      { processEvents, processError },
      {
        startPosition: earliestEventPosition,
        maxBatchSize: settings.maxEventBatchSize ?? MAX_EVENT_BATCH_SIZE,
        maxWaitTimeInSeconds: MAX_WAIT_SECONDS,
        // Bytes that happen to be JSON would arrive parsed.
        skipParsingBodyAsJson: true,
      },
    );
  });
  return {
    async close() {
      await runner.close();
      await waitBriefly(reached.then(() => client.close()));
    },
  };
}

async function createClient(
  { source, settings }: EventHubFeedOptions,
  store: CheckpointStore,
): Promise<EventHubConsumerClient> {
  const { hub, consumerGroup, access } = source;
  const { ownershipExpiryMs = 5_000 } = settings;
  const clientOptions: EventHubConsumerClientOptions = {
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
  if ('fullyQualifiedNamespace' in access) {
    const { DefaultAzureCredential } = await import('@azure/identity');
    const [namespace, credential] = [access.fullyQualifiedNamespace, new DefaultAzureCredential()];
    return new EventHubConsumerClient(consumerGroup, namespace, hub, credential, store, clientOptions);
  }
  try {
    return new EventHubConsumerClient(consumerGroup, access.connectionString, hub, store, clientOptions);
  } catch {
    // The SDK's message may contain the connection string, so message and cause are left out.
    throw new StartError('Its connection string is not one of Event Hubs.');
  }
}

/** Runs the function on a batch, and stores the checkpoint behind it. */
async function runEvents(
  events: readonly ReceivedEventData[],
  partition: PartitionContext,
  { bindingName, capabilities, runner }: EventHubFeedOptions,
): Promise<void> {
  const last = events.at(-1);
  // An empty batch means that no event came in time.
  if (last === undefined) return;
  const includesEmptyEntries = Boolean(capabilities.IncludeEmptyEntriesInMessagePayload);
  await runner.run({
    name: `partition ${partition.partitionId}: ${events.length === 1 ? '1 event' : `${events.length} events`}`,
    request: toEventHubRequest({ events, partition, bindingName, includesEmptyEntries }),
    repeats: 0,
    afterFailure: 'As in Azure, the checkpoint moves past the batch',
    moveOn: () =>
      partition.updateCheckpoint(last).catch((cause: unknown) => {
        // Our own error: after one that is marked as retryable, the SDK would continue behind the batch.
        throw new Error(`The checkpoint could not be stored, the batch will come again: ${cause}`, { cause });
      }),
  });
}
