import { randomUUID } from 'node:crypto';
import type { Message } from 'kafkajs';
import type { KafkaOptions } from '../../../local/functions-host/kafka-feed.ts';
import type { KafkaBroker } from '../kafka-broker.ts';
import { type AppHosts, appHosts } from './app-hosts.ts';
import type { BatchAppOptions } from './batch-app.ts';
import { type BundledApp, bundleApp } from './bundle-app.ts';

/** A topic of its own, an app that reads it, and as many hosts as a test starts. */
export type KafkaStage = AppHosts<KafkaOptions> & {
  topic: string;
  /** A text stands for a record that has only a value. */
  publish(records: readonly (Message | string)[], partition?: number): Promise<void>;
  /** The offsets that the app's group has committed, by partition. */
  committed(): Promise<Record<string, number>>;
};

/** A killed host's partitions are free again soon, but a member lives longer than its first join takes: 3 seconds. */
const QUICK: KafkaOptions = { sessionTimeoutMs: 5_000 };

/** Bundles the app, with its options in it. */
export function bundleKafkaApp(options: BatchAppOptions = {}): Promise<BundledApp> {
  return bundleApp(
    `import { registerKafkaApp } from './batch-app.ts'; registerKafkaApp(${JSON.stringify(options)});`,
  );
}

export async function setKafkaStage(options: {
  broker: KafkaBroker;
  app?: BatchAppOptions;
  kafka?: KafkaOptions;
}): Promise<KafkaStage> {
  const { broker } = options;
  const topic = `products-${randomUUID()}`;
  const binding = { brokerList: broker.address, topic, consumerGroup: topic, ...options.app?.binding };
  const app = await bundleKafkaApp({ ...options.app, binding });
  const kafka = { ...QUICK, ...options.kafka };
  const hosts = appHosts((more?: KafkaOptions) => ({ entry: app.entry, kafka: { ...kafka, ...more } }));
  return {
    ...hosts,
    topic,
    async publish(records, partition) {
      const messages = records.map((record) => (typeof record === 'string' ? { value: record } : record));
      await broker.publish(
        messages.map((message) => (partition === undefined ? message : { ...message, partition })),
        topic,
      );
    },
    committed: () => broker.committed(topic, topic),
    async close() {
      await hosts.close();
      await app.remove();
    },
  };
}
