import { StartError } from '../start-error.ts';
import type { KafkaFeed, KafkaFeedSettings } from './kafka-feed.ts';
import { toKafkaSource } from './kafka-source.ts';
import type { Log } from './log.ts';
import type { Worker } from './worker.ts';

/** How the functions with a Kafka trigger are fed, where it is not as by default. */
export type KafkaOptions = Partial<KafkaFeedSettings>;

/** The Kafka trigger, at work. */
export type KafkaTrigger = {
  /** Stops fetching, waits a moment for the batch in flight, and leaves it uncommitted if it takes longer. */
  close(): Promise<void>;
};

/** Those of the extension. */
const DEFAULTS: KafkaFeedSettings = {
  maxBatchSize: 64,
  subscriberIntervalInSeconds: 1,
  sessionTimeoutMs: 10_000,
  commitOnFailure: true,
  maxRetries: 5,
};

/**
 * Feeds the Kafka functions of the app as the extension in Azure does: from where the consumer group has come to, or
 * the oldest record on. A function that cannot be fed is told in the log and left alone; the others run.
 */
export async function startKafkaTrigger(options: {
  worker: Worker;
  kafka: KafkaOptions;
  log: Log;
}): Promise<KafkaTrigger> {
  const { worker, kafka, log } = options;
  const feeds: KafkaFeed[] = [];
  for (const workerFunction of worker.functions) {
    if (workerFunction.trigger.type.toLowerCase() !== 'kafkatrigger') continue;
    try {
      const source = toKafkaSource(workerFunction, process.env);
      // Only who feeds a function waits for the client to load.
      const { startKafkaFeed } = await import('./kafka-feed.ts');
      feeds.push(
        startKafkaFeed({ worker, workerFunction, source, settings: { ...DEFAULTS, ...kafka }, log }),
      );
    } catch (error) {
      const reason = error instanceof StartError ? error.message : String(error);
      const message = `This function gets no records. ${reason}`;
      log({ level: 'error', category: 'host', functionName: workerFunction.name, message });
    }
  }
  return {
    async close() {
      await Promise.all(feeds.map((feed) => feed.close()));
    },
  };
}
