import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer } from 'kafkajs';
import { createKafkaClient } from '../kafka-client.ts';
import { type BatchRunner, type Feed, messageOf, waitBriefly } from './batch-runner.ts';
import { type KafkaRecord, toKafkaRequest } from './kafka-request.ts';
import type { KafkaSource } from './sources.ts';

/** How functions with a Kafka trigger get their records, under the names of `extensions.kafka` in host.json. */
export type KafkaOptions = {
  maxBatchSize?: number | undefined;
  /** A consumer that the broker has not heard from for this long loses its partitions to others. */
  sessionTimeoutMs?: number | undefined;
  /** Whether a failed batch counts as done. */
  commitOnFailure?: boolean | undefined;
  /** If not, how often it runs again before it counts as done anyway; -1 for ever. */
  maxRetries?: number | undefined;
};

type KafkaFeedOptions = {
  source: KafkaSource;
  /** Of the trigger's binding. */
  bindingName: string;
  runner: BatchRunner;
  settings: KafkaOptions;
};

/** Between attempts. */
const RETRY_MS = 250;

const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 };

/** Short, because a fetch that waits for records delays leaving. */
const MAX_WAIT_MS = 250;

/** A batch waits this long for more records; in Azure it is a second. */
const GATHER_MS = 100;

/** Between looks at the records that wait. */
const LOOK_MS = 20;

/** The consumer, and the records that it has fetched for the next batches. */
type Consuming = { consumer: Consumer | undefined; waiting: KafkaRecord[]; maxBatchSize: number };

/**
 * Feeds a function from its consumer group's offsets, or else from the oldest record: one batch after another, each of
 * any partitions that have records.
 */
export function startKafkaFeed(options: KafkaFeedOptions): Feed {
  const { runner, settings } = options;
  const { maxBatchSize = 64 } = settings;
  const consuming: Consuming = { consumer: undefined, waiting: [], maxBatchSize };
  const leaving = new AbortController();
  const consumed = keepConsuming(consuming, options, leaving.signal);
  void keepRunning(consuming, options);
  return {
    async close() {
      // What is in flight may still be committed.
      await runner.close();
      leaving.abort();
      await waitBriefly(consumed);
    },
  };
}

async function keepConsuming(
  consuming: Consuming,
  { source, runner, settings }: KafkaFeedOptions,
  leaving: AbortSignal,
): Promise<void> {
  const { sessionTimeoutMs: sessionTimeout = 10_000 } = settings;
  const kafka = createKafkaClient(source, { clientId: 'ordercloud-product-sync-local', retry: RETRY });
  const left = once(leaving, 'abort');
  while (!leaving.aborted) {
    // A new one each time: one that restarts itself would not say so, and would wait longer and longer.
    const consumer = kafka.consumer({
      groupId: source.consumerGroup,
      sessionTimeout,
      heartbeatInterval: sessionTimeout / 4,
      rebalanceTimeout: sessionTimeout,
      maxWaitTimeInMs: MAX_WAIT_MS,
      retry: { ...RETRY, restartOnFailure: async () => false },
    });
    consuming.consumer = consumer;
    try {
      await Promise.race([fetchUntilItFails(consuming, consumer, { source, runner }), left]);
    } catch (error) {
      // The client's messages name broker, topic and group, but no key.
      runner.warn(`no records for now, trying again. ${messageOf(error)}`);
    }
    // It leaves the group: others need not wait until its session ends.
    await consumer.disconnect().catch(() => {});
    await sleep(RETRY_MS, undefined, { signal: leaving }).catch(() => {});
  }
}

async function fetchUntilItFails(
  consuming: Consuming,
  consumer: Consumer,
  { source, runner }: Pick<KafkaFeedOptions, 'source' | 'runner'>,
): Promise<void> {
  consumer.on(consumer.events.GROUP_JOIN, () => {
    // From here on, it fetches again everything that is not committed.
    consuming.waiting = [];
  });
  const failed = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  });
  const start = async () => {
    await consumer.connect();
    await consumer.subscribe({ topics: [source.topic], fromBeginning: true });
    await consumer.run({
      // The offsets move after the function has ended, not after its records are fetched.
      autoCommit: false,
      async eachBatch({ batch: { topic, partition, messages }, heartbeat }) {
        const records = messages.map((message) => ({ ...message, topic, partition }));
        consuming.waiting = consuming.waiting.concat(records);
        while (isFull(consuming) && !runner.closing.aborted) {
          await sleep(LOOK_MS);
          await heartbeat();
        }
      },
    });
  };
  await Promise.race([start(), failed]);
  await failed;
}

/** Whether there is enough for the next batch. */
function isFull({ waiting, maxBatchSize }: Consuming): boolean {
  return waiting.length >= maxBatchSize;
}

async function keepRunning(consuming: Consuming, options: KafkaFeedOptions): Promise<void> {
  const { runner, bindingName, settings } = options;
  const { commitOnFailure = true, maxRetries = 5 } = settings;
  while (!runner.closing.aborted) {
    if (!isFull(consuming)) await sleep(GATHER_MS);
    const records = consuming.waiting.splice(0, consuming.maxBatchSize);
    if (records.length === 0) continue;
    await runner
      .run({
        name: nameOf(records),
        request: toKafkaRequest(records, bindingName),
        repeats: commitOnFailure ? 0 : maxRetries,
        afterFailure: 'As in Azure, its offsets are committed all the same',
        moveOn: async () => consuming.consumer?.commitOffsets(offsetsBehind(records)),
      })
      .catch((error: unknown) =>
        runner.warn(`the offsets could not be committed: records may come again. ${messageOf(error)}`),
      );
  }
}

/** For the log: `partitions 0, 3: 12 records`. */
function nameOf(records: readonly KafkaRecord[]): string {
  const partitions = [...new Set(records.map(({ partition }) => partition))].sort((a, b) => a - b);
  const where = partitions.length === 1 ? 'partition' : 'partitions';
  return `${where} ${partitions.join(', ')}: ${records.length === 1 ? '1 record' : `${records.length} records`}`;
}

/** Of each partition, the one after its last record. */
function offsetsBehind(records: readonly KafkaRecord[]) {
  const last = new Map(records.map((record) => [record.partition, record]));
  return [...last.values()].map(({ topic, partition, offset }) => ({
    topic,
    partition,
    offset: String(BigInt(offset) + 1n),
  }));
}
