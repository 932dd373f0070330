import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { createKafkaClient } from '../kafka-client.ts';
import { type BatchRunner, type Feed, waitBriefly } from './batch-runner.ts';
import { toKafkaRequest } from './kafka-request.ts';
import type { KafkaSource } from './kafka-source.ts';

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

/**
 * Feeds a function from its consumer group's offsets, or else from the oldest record; one batch after another, each of
 * one partition. The extension in Azure may mix partitions in a batch.
 */
export function startKafkaFeed(options: KafkaFeedOptions): Feed {
  const feeding = keepConsuming(options);
  return {
    async close() {
      await options.runner.close();
      await waitBriefly(feeding);
    },
  };
}

async function keepConsuming(options: KafkaFeedOptions): Promise<void> {
  const { source, runner, settings } = options;
  const { sessionTimeoutMs: sessionTimeout = 10_000 } = settings;
  const kafka = createKafkaClient(source, { clientId: 'ordercloud-product-sync-local', retry: RETRY });
  const closed = once(runner.closing, 'abort');
  while (!runner.closing.aborted) {
    // A new one each time: one that restarts itself would not say so, and would wait longer and longer.
    const consumer = kafka.consumer({
      groupId: source.consumerGroup,
      sessionTimeout,
      heartbeatInterval: sessionTimeout / 4,
      rebalanceTimeout: sessionTimeout,
      maxWaitTimeInMs: MAX_WAIT_MS,
      retry: { ...RETRY, restartOnFailure: async () => false },
    });
    try {
      await Promise.race([consumeUntilItFails(consumer, options, sessionTimeout / 4), closed]);
    } catch (error) {
      // The client's messages name broker, topic and group, but no key.
      const reason = error instanceof Error ? error.message : String(error);
      runner.warn(`no records for now, trying again. ${reason}`);
    }
    // It waits for the batch in flight, and then leaves the group: others need not wait until its session ends.
    await consumer.disconnect().catch(() => {});
    await sleep(RETRY_MS, undefined, { signal: runner.closing }).catch(() => {});
  }
}

async function consumeUntilItFails(
  consumer: Consumer,
  options: KafkaFeedOptions,
  heartbeatMs: number,
): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  });
  const start = async () => {
    await consumer.connect();
    await consumer.subscribe({ topics: [options.source.topic], fromBeginning: true });
    await consumer.run({
      // The offsets move after the function has ended, not after its records are fetched.
      autoCommit: false,
      eachBatchAutoResolve: false,
      async eachBatch(payload) {
        // A function may take longer than a session lasts.
        const heartbeats = setInterval(() => void payload.heartbeat().catch(() => {}), heartbeatMs);
        await runRecords(payload, options).finally(() => clearInterval(heartbeats));
      },
    });
  };
  await Promise.race([start(), failed]);
  await failed;
}

/** Runs the function on what was fetched of a partition, at most so many records at a time. */
async function runRecords(payload: EachBatchPayload, options: KafkaFeedOptions): Promise<void> {
  const { runner, bindingName, settings } = options;
  const { maxBatchSize = 64, commitOnFailure = true, maxRetries = 5 } = settings;
  const { topic, partition } = payload.batch;
  for (let from = 0; from < payload.batch.messages.length; from += maxBatchSize) {
    const messages = payload.batch.messages.slice(from, from + maxBatchSize);
    const count = messages.length;
    const last = messages.at(-1)?.offset ?? '';
    await runner.run({
      name: `partition ${partition}: ${count === 1 ? '1 record' : `${count} records`}`,
      request: toKafkaRequest({ topic, partition, messages }, bindingName),
      repeats: commitOnFailure ? 0 : maxRetries,
      afterFailure: 'As in Azure, its offsets are committed all the same',
      async moveOn() {
        payload.resolveOffset(last);
        const offsets = [{ partition, offset: String(BigInt(last) + 1n) }];
        await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: offsets }] });
      },
    });
  }
}
