import { StartError } from '../start-error.ts';
import { type BatchRunner, createBatchRunner, type Feed } from './batch-runner.ts';
import type { EventHubsOptions } from './event-hub-feed.ts';
import { toEventHubSource } from './event-hub-source.ts';
import type { KafkaOptions } from './kafka-feed.ts';
import { toKafkaSource } from './kafka-source.ts';
import type { Log } from './log.ts';
import type { Watch } from './watch.ts';
import type { Worker, WorkerFunction } from './worker.ts';

/** What feeds need of the host. */
export type FeedsOptions = {
  worker: Worker;
  /** Absent: functions with an Event Hubs trigger get no events. */
  eventHubs?: EventHubsOptions | undefined;
  /** Absent: functions with a Kafka trigger get no records. */
  kafka?: KafkaOptions | undefined;
  watch?: Watch | undefined;
  log: Log;
};

/** Feeds the app's functions that have a broker's trigger. If it cannot feed one it logs that, and the others run. */
export async function startFeeds(options: FeedsOptions): Promise<Feed> {
  const { worker, watch, log } = options;
  const feeds: Feed[] = [];
  for (const workerFunction of worker.functions) {
    try {
      const runner = createBatchRunner({ worker, workerFunction, watch, log });
      const feed = await startFeed(workerFunction, runner, options);
      if (feed) feeds.push(feed);
    } catch (error) {
      const reason = error instanceof StartError ? error.message : String(error);
      const message = `This function gets no messages. ${reason}`;
      log({ level: 'error', category: 'host', functionName: workerFunction.name, message });
    }
  }
  return {
    async close() {
      await Promise.all(feeds.map((feed) => feed.close()));
    },
  };
}

/** Only a host that feeds a function loads its SDK, which takes up to a third of a second. */
async function startFeed(
  { trigger }: WorkerFunction,
  runner: BatchRunner,
  { worker, eventHubs, kafka }: FeedsOptions,
): Promise<Feed | undefined> {
  const type = trigger.type.toLowerCase();
  if (type === 'eventhubtrigger' && eventHubs) {
    const source = toEventHubSource(trigger, process.env);
    const { startEventHubFeed } = await import('./event-hub-feed.ts');
    const { capabilities } = worker;
    return startEventHubFeed({
      source,
      bindingName: trigger.name,
      capabilities,
      runner,
      settings: eventHubs,
    });
  }
  if (type === 'kafkatrigger' && kafka) {
    const source = toKafkaSource(trigger, process.env);
    const { startKafkaFeed } = await import('./kafka-feed.ts');
    return startKafkaFeed({ source, bindingName: trigger.name, runner, settings: kafka });
  }
  return undefined;
}
