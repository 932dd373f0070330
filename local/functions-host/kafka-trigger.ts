import { StartError } from '../start-error.ts';
import type { KafkaFeed, KafkaFeedSettings } from './kafka-feed.ts';
import { toKafkaSource } from './kafka-source.ts';
import type { Log } from './log.ts';
import type { Worker } from './worker.ts';

/** How functions with a Kafka trigger get their records, where it differs from the defaults. */
export type KafkaOptions = Partial<KafkaFeedSettings>;

/** The Kafka trigger, at work. */
export type KafkaTrigger = {
  /** Stops fetching and waits a moment for the batch in flight. If it takes longer, it stays uncommitted. */
  close(): Promise<void>;
};

/** The extension's defaults. */
const DEFAULTS: KafkaFeedSettings = {
  maxBatchSize: 64,
  subscriberIntervalInSeconds: 1,
  sessionTimeoutMs: 10_000,
  commitOnFailure: true,
  maxRetries: 5,
};

/**
 * Feeds the app's Kafka functions as the extension in Azure does: from the consumer group's offsets, or else from the
 * oldest record. If it cannot feed a function it logs that, and the others run.
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
      // Only a host that feeds a function loads the client.
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
