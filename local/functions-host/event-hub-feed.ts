import { randomUUID } from 'node:crypto';
import type { PartitionContext, ReceivedEventData } from '@azure/event-hubs';
import { atMost } from './at-most.ts';
import { type CheckpointOptions, WatchedCheckpointStore } from './event-hub-checkpoints.ts';
import { type ConsumerOptions, startConsumer } from './event-hub-consumer.ts';
import { consumerErrorLog } from './event-hub-errors.ts';
import { toInvocationRequest } from './event-hub-request.ts';
import type { EventHubSource } from './event-hub-source.ts';
import type { Log } from './log.ts';
import { type RetryPolicy, toRetryPolicy } from './retry-policy.ts';
import { BatchAbandonedError, runBatch } from './run-batch.ts';
import type { Worker, WorkerFunction } from './worker.ts';

/** How events are fetched, the same for every function. */
export type FeedSettings = CheckpointOptions & ConsumerOptions['settings'];

/** A function, and the events it gets. */
export type FeedOptions = {
  worker: Worker;
  workerFunction: WorkerFunction;
  source: EventHubSource;
  settings: FeedSettings;
  log: Log;
};

/** The flow of events into one function. */
export type EventHubFeed = { close(): Promise<void> };

/** How long `close` waits for batches in flight, and then for the consumer to say goodbye. */
const CLOSING_MS = 500;

/** Starts to feed a function: the batches of one partition one after another, partitions side by side. */
export async function startEventHubFeed(options: FeedOptions): Promise<EventHubFeed> {
  const { workerFunction, source, settings, log } = options;
  const owner = randomUUID();
  const store = new WatchedCheckpointStore(settings);
  const closing = new AbortController();
  const feed: Feed = {
    ...options,
    policy: toRetryPolicy(workerFunction.retryOptions),
    isLost: (partitionId) => store.isOwnedByAnother(partitionId, owner),
    closing: closing.signal,
    inFlight: new Set(),
    isClosed: false,
  };
  const consumer = await startConsumer({
    source,
    store,
    owner,
    settings,
    take: (events, partition) => take(feed, events, partition),
    onError: consumerErrorLog({ functionName: workerFunction.name, log }),
    closing: closing.signal,
  });
  return {
    async close() {
      closing.abort();
      await atMost(CLOSING_MS, Promise.allSettled(feed.inFlight));
      feed.isClosed = true;
      await atMost(CLOSING_MS, consumer.close());
    },
  };
}

type Feed = FeedOptions & {
  policy: RetryPolicy | undefined;
  /** Whether another host has the partition now. */
  isLost(partitionId: string): boolean;
  closing: AbortSignal;
  inFlight: Set<Promise<void>>;
  /** Set when nothing waits any more. */
  isClosed: boolean;
};

async function take(feed: Feed, events: ReceivedEventData[], partition: PartitionContext): Promise<void> {
  if (feed.isLost(partition.partitionId)) throw new BatchAbandonedError('partition lost');
  // An empty batch means that no event came in time.
  if (events.length === 0) return;
  const running = runAndCheckpoint(feed, events, partition);
  feed.inFlight.add(running);
  await running.finally(() => feed.inFlight.delete(running));
}

async function runAndCheckpoint(
  feed: Feed,
  events: readonly ReceivedEventData[],
  partition: PartitionContext,
): Promise<void> {
  const { worker, workerFunction, policy, closing, log } = feed;
  const { name: functionName, trigger } = workerFunction;
  const { partitionId } = partition;
  const isLost = () => feed.isLost(partitionId);
  await runBatch({
    functionName,
    batch: `partition ${partitionId}: ${events.length === 1 ? '1 event' : `${events.length} events`}`,
    afterFailure: 'As in Azure, the checkpoint moves past the batch',
    policy,
    request: toInvocationRequest({
      events,
      partition,
      bindingName: trigger.name,
      includesEmptyEntries: Boolean(worker.capabilities.IncludeEmptyEntriesInMessagePayload?.trim()),
    }),
    invoke: (request) => worker.invoke(functionName, request),
    isLost,
    closing,
    log,
  });
  // As in Azure. The new owner goes on from its own checkpoint, which a late one from here would set back.
  if (isLost()) throw new BatchAbandonedError('partition lost');
  if (feed.isClosed) throw new BatchAbandonedError('host closes');
  const last = events.at(-1);
  if (last === undefined) return;
  await partition.updateCheckpoint(last).catch((cause: unknown) => {
    // Our own error: after one that is marked as retryable, the SDK would continue behind the batch.
    throw new Error(`The checkpoint could not be stored, the batch will come again: ${cause}`, { cause });
  });
}
