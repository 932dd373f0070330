import { atMost } from './at-most.ts';
import { gatherBatches } from './kafka-batches.ts';
import { type KafkaConsumer, startKafkaConsumer } from './kafka-consumer.ts';
import { type KafkaRecord, toKafkaRequest } from './kafka-request.ts';
import type { KafkaSource } from './kafka-source.ts';
import type { Log } from './log.ts';
import { toRetryPolicy } from './retry-policy.ts';
import { BatchAbandonedError, runBatch } from './run-batch.ts';
import { seldom } from './seldom.ts';
import type { Worker, WorkerFunction } from './worker.ts';

/** How records are fetched, under the names of `extensions.kafka` in host.json. */
export type KafkaFeedSettings = {
  maxBatchSize: number;
  subscriberIntervalInSeconds: number;
  sessionTimeoutMs: number;
  /** Whether a failed batch counts as done. */
  commitOnFailure: boolean;
  /** If not, how often it runs again before it counts as done anyway; -1 for ever. */
  maxRetries: number;
};

/** A function, and the records it gets. */
export type KafkaFeedOptions = {
  worker: Worker;
  workerFunction: WorkerFunction;
  source: KafkaSource;
  settings: KafkaFeedSettings;
  log: Log;
};

/** The flow of records into one function. */
export type KafkaFeed = { close(): Promise<void> };

/** How long `close` waits for the batch in flight, and then for the consumer to leave its group. */
const CLOSING_MS = 500;

/** Starts to feed a function: one batch after another, each of any partitions that have records. */
export function startKafkaFeed(options: KafkaFeedOptions): KafkaFeed {
  const { source, settings, workerFunction, log } = options;
  const closing = new AbortController();
  const batches = gatherBatches({
    maxBatchSize: settings.maxBatchSize,
    intervalMs: settings.subscriberIntervalInSeconds * 1_000,
    closing: closing.signal,
  });
  const isWorthTelling = seldom();
  const warn = (message: string) => {
    if (!isWorthTelling(message)) return;
    log({ level: 'warning', category: 'host', functionName: workerFunction.name, message });
  };
  const consumer = startKafkaConsumer({
    source,
    batches,
    sessionTimeoutMs: settings.sessionTimeoutMs,
    onError: (error) => warn(`no records for now, trying again. ${describe(error)}`),
    closing: closing.signal,
  });

  const feeding = (async () => {
    for (;;) {
      const records = await batches.next();
      await runInPlace(options, records, closing.signal);
      await commit(consumer, records, warn);
    }
  })().catch((error: unknown) => {
    if (!closing.signal.aborted) throw error;
  });
  return {
    async close() {
      closing.abort();
      await atMost(CLOSING_MS, feeding);
      await atMost(CLOSING_MS, consumer.close());
    },
  };
}

/** Runs the function on a batch until its offsets may move. */
async function runInPlace(
  { worker, workerFunction, settings, log }: KafkaFeedOptions,
  records: readonly KafkaRecord[],
  closing: AbortSignal,
): Promise<void> {
  const { commitOnFailure, maxRetries } = settings;
  const { name: functionName, trigger, retryOptions } = workerFunction;
  for (let run = 0; ; run += 1) {
    const isLast = commitOnFailure || (maxRetries !== -1 && run >= maxRetries);
    const hasSucceeded = await runBatch({
      functionName,
      batch: placesOf(records),
      afterFailure: isLast
        ? 'As in Azure, its offsets are committed all the same'
        : 'As in Azure with commitOnFailure: false, it is run again in place',
      policy: toRetryPolicy(retryOptions),
      request: toKafkaRequest(records, trigger.name),
      invoke: (request) => worker.invoke(functionName, request),
      closing,
      log,
    });
    if (hasSucceeded || isLast) return;
    if (closing.aborted) throw new BatchAbandonedError('host closes');
  }
}

/** If this fails, the next batch commits these, too, or they come again. */
async function commit(
  consumer: KafkaConsumer,
  records: readonly KafkaRecord[],
  warn: (message: string) => void,
): Promise<void> {
  await consumer
    .commit(records)
    .catch((error: unknown) =>
      warn(`the offsets could not be committed, so that records may come again. ${describe(error)}`),
    );
}

/** For the log: `partitions 0, 3: 12 records`. */
function placesOf(records: readonly KafkaRecord[]): string {
  const partitions = [...new Set(records.map(({ partition }) => partition))].sort((a, b) => a - b);
  const where = partitions.length === 1 ? 'partition' : 'partitions';
  return `${where} ${partitions.join(', ')}: ${records.length === 1 ? '1 record' : `${records.length} records`}`;
}

/** The client's messages name broker, topic and group, but no key. */
function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
