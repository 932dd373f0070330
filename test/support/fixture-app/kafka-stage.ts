import { randomUUID } from 'node:crypto';
import type { Message } from 'kafkajs';
import { startFunctionsHost } from '../../../local/functions-host/host.ts';
import type { KafkaOptions } from '../../../local/functions-host/kafka-feed.ts';
import type { KafkaBroker } from '../kafka-broker.ts';
import { type BundledApp, bundleApp } from './bundle-app.ts';
import { type ChildHost, HostLog, openGate, startHostProcess, type TestHost } from './event-hub-stage.ts';
import type { KafkaAppOptions } from './kafka-app.ts';

/** A topic of its own, an app that reads it, and as many hosts as a test starts. */
export type KafkaStage = {
  topic: string;
  startHost(options?: KafkaOptions): Promise<TestHost>;
  startChildHost(): Promise<ChildHost>;
  /** A text stands for a record that has only a value. */
  publish(records: readonly (Message | string)[], partition?: number): Promise<void>;
  /** The offsets that the app's group has committed, by partition. */
  committed(): Promise<Record<string, number>>;
  close(): Promise<void>;
};

/** A killed host's partitions are free again soon, but a member lives longer than its first join takes: 3 seconds. */
const QUICK: KafkaOptions = { sessionTimeoutMs: 5_000 };

/** Bundles the app, with its options in it. */
export function bundleKafkaApp(options: KafkaAppOptions = {}): Promise<BundledApp> {
  return bundleApp(
    `import { registerKafkaApp } from './kafka-app.ts'; registerKafkaApp(${JSON.stringify(options)});`,
  );
}

export async function setKafkaStage(options: {
  broker: KafkaBroker;
  app?: KafkaAppOptions;
  kafka?: KafkaOptions;
}): Promise<KafkaStage> {
  const { broker } = options;
  const topic = `products-${randomUUID()}`;
  const binding = { brokerList: broker.address, topic, consumerGroup: topic, ...options.app?.binding };
  const app = await bundleKafkaApp({ ...options.app, binding });
  const kafka = { ...QUICK, ...options.kafka };
  const cleanUps: (() => Promise<unknown>)[] = [];
  return {
    topic,
    async startHost(more) {
      const log = new HostLog();
      const host = await startFunctionsHost({
        entry: app.entry,
        port: 0,
        kafka: { ...kafka, ...more },
        log: log.log,
      });
      cleanUps.push(() => host.close());
      return { ...host, log, openGate: (name) => openGate(host.url, name) };
    },
    async startChildHost() {
      const child = await startHostProcess({ entry: app.entry, kafka }, {});
      cleanUps.push(() => child.end('SIGKILL'));
      return child;
    },
    async publish(records, partition) {
      const messages = records.map((record) => (typeof record === 'string' ? { value: record } : record));
      await broker.publish(
        messages.map((message) => (partition === undefined ? message : { ...message, partition })),
        topic,
      );
    },
    committed: () => broker.committed(topic, topic),
    async close() {
      for (const cleanUp of cleanUps) await cleanUp();
      await app.remove();
    },
  };
}
