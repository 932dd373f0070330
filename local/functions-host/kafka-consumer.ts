import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, IHeaders, Kafka } from 'kafkajs';
import { createKafkaClient } from '../kafka-client.ts';
import { atMost } from './at-most.ts';
import type { KafkaBatches } from './kafka-batches.ts';
import type { KafkaRecord } from './kafka-request.ts';
import type { KafkaSource } from './kafka-source.ts';

/** What a consumer reads and where it puts it. */
export type KafkaConsumerOptions = {
  source: KafkaSource;
  batches: KafkaBatches;
  /** A consumer that the broker has not heard from for this long loses its partitions to others. */
  sessionTimeoutMs: number;
  /** Gets the errors; the consumer tries again by itself. */
  onError(error: unknown): void;
  /** Aborted to stop fetching; what is in flight may still be committed, until `close`. */
  closing: AbortSignal;
};

/** A member of a consumer group. */
export type KafkaConsumer = {
  /** Commits everything up to these records, included, of those partitions that still belong to it. */
  commit(records: readonly KafkaRecord[]): Promise<void>;
  /** Leaves the group, so that others need not wait until its session ends. */
  close(): Promise<void>;
};

/** Between attempts. */
const RETRY_MS = 250;

/** Short, because a fetch that waits for records delays leaving. */
const MAX_WAIT_MS = 250;

/** Between checks whether there is room for more. */
const ROOM_CHECK_MS = 50;

const LEAVING_MS = 2_000;

/**
 * Starts to fetch the records of a topic as soon as a broker can be reached, from the group's offsets or else from the
 * oldest record; and starts again after every failure.
 */
export function startKafkaConsumer(options: KafkaConsumerOptions): KafkaConsumer {
  const kafka = createKafkaClient(options.source, {
    clientId: 'ordercloud-product-sync-local',
    retry: RETRY,
  });
  const membership: Membership = { consumer: undefined, partitions: new Set() };
  const leaving = new AbortController();
  const running = keepConsuming(kafka, options, { membership, leaving: leaving.signal });
  return {
    async commit(records) {
      const next = new Map<string, number>();
      for (const { topic, partition, offset } of records) next.set(`${topic}/${partition}`, offset + 1);
      const offsets = [...next]
        .filter(([place]) => membership.partitions.has(place))
        .map(([place, offset]) => {
          const slash = place.lastIndexOf('/');
          const [topic, partition] = [place.slice(0, slash), Number(place.slice(slash + 1))];
          return { topic, partition, offset: String(offset) };
        });
      if (offsets.length > 0) await membership.consumer?.commitOffsets(offsets);
    },
    async close() {
      leaving.abort();
      await running;
    },
  };
}

/** The current member of the group, and its partitions: `topic/partition`. */
type Membership = { consumer: Consumer | undefined; partitions: Set<string> };

/** `leaving` is aborted by `close`. */
type Life = { membership: Membership; leaving: AbortSignal };

const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 };

async function keepConsuming(kafka: Kafka, options: KafkaConsumerOptions, life: Life): Promise<void> {
  const { membership, leaving } = life;
  while (!leaving.aborted) {
    // A new one each time: one that restarts itself would not say so, and wait longer and longer.
    const consumer = kafka.consumer({
      groupId: options.source.consumerGroup,
      sessionTimeout: options.sessionTimeoutMs,
      heartbeatInterval: Math.floor(options.sessionTimeoutMs / 4),
      rebalanceTimeout: options.sessionTimeoutMs,
      maxWaitTimeInMs: MAX_WAIT_MS,
      retry: { ...RETRY, restartOnFailure: async () => false },
    });
    try {
      await consumeUntilItFails(consumer, options, life);
    } catch (error) {
      if (!options.closing.aborted) options.onError(error);
    } finally {
      membership.consumer = undefined;
      membership.partitions = new Set();
      await atMost(LEAVING_MS, consumer.disconnect());
    }
    await sleep(RETRY_MS, undefined, { signal: leaving }).catch(() => {});
  }
}

async function consumeUntilItFails(
  consumer: Consumer,
  { source, batches, closing }: KafkaConsumerOptions,
  { membership, leaving }: Life,
): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  });
  const left = new Promise<void>((resolve) => {
    leaving.addEventListener('abort', () => resolve(), { once: true });
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    // From here on, it fetches again everything that is not committed.
    batches.clear();
    membership.partitions = new Set(
      Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => `${topic}/${partition}`),
      ),
    );
  });
  const started = (async () => {
    await consumer.connect();
    await consumer.subscribe({ topics: [source.topic], fromBeginning: true });
    membership.consumer = consumer;
    await consumer.run({
      // The offsets move after the function has ended, not after its records are fetched.
      autoCommit: false,
      eachBatch: (payload) => takeIn(payload, batches, { closing, membership }),
    });
  })();
  await Promise.race([started, failed, left]);
  await Promise.race([failed, left]);
}

/** Waits while there is enough for the next batch, and sends heartbeats to the broker. */
async function takeIn(
  { batch, heartbeat, isRunning, isStale }: EachBatchPayload,
  batches: KafkaBatches,
  { closing, membership }: { closing: AbortSignal; membership: Membership },
): Promise<void> {
  const { partitions } = membership;
  while (batches.isFull() && !closing.aborted) {
    await sleep(ROOM_CHECK_MS, undefined, { signal: closing }).catch(() => {});
    await heartbeat();
  }
  // What came before these was dropped on joining the group again, and will all be fetched again.
  if (membership.partitions !== partitions) throw new Error('The group has changed since this was fetched.');
  if (closing.aborted || !isRunning() || isStale()) return;
  batches.add(
    batch.messages.map((message) => ({
      topic: batch.topic,
      partition: batch.partition,
      offset: Number(message.offset),
      timestamp: Number(message.timestamp),
      key: message.key,
      value: message.value,
      headers: toHeaders(message.headers ?? {}),
    })),
  );
}

/** The client groups headers by name, so the order between names is lost. */
function toHeaders(headers: IHeaders): KafkaRecord['headers'] {
  return Object.entries(headers).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => ({
      name,
      value: value === undefined || value === null ? null : Buffer.from(value),
    })),
  );
}
