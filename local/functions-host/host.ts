import type { PageServer } from '../page-server/page-server.ts';
import { StartError } from '../start-error.ts';
import { type BatchRunner, createBatchRunner, type Feed } from './batch-runner.ts';
import type { EventHubsOptions } from './event-hub-feed.ts';
import { startHttpTrigger } from './http-trigger.ts';
import type { KafkaOptions } from './kafka-feed.ts';
import type { Log } from './log.ts';
import { toEventHubSource, toKafkaSource } from './sources.ts';
import type { Watch } from './watch.ts';
import { startWorker, type Worker, type WorkerFunction } from './worker.ts';

/** The app, running; `url` has no trailing slash and no route prefix. */
export type FunctionsHost = {
  url: string;
  /** Lets requests in flight finish, as the host in Azure does for 10 seconds after a SIGTERM. */
  close(options?: { graceMs?: number }): Promise<void>;
};

const GRACE_MS = 10_000;

/** `entry` is the absolute path of the built app, `port` 0 picks a free port, `routePrefix` is Azure's `api`. */
export type FunctionsHostOptions = {
  entry: string;
  port: number;
  routePrefix?: string;
  /** How long an invocation may take: host.json's `functionTimeout`. */
  functionTimeoutMs?: number | undefined;
  /** What is served where no function's route is. */
  page?: Pick<PageServer, 'serve' | 'close'> | undefined;
  /** Absent: functions with an Event Hubs trigger get no events. */
  eventHubs?: EventHubsOptions | undefined;
  /** Absent: functions with a Kafka trigger get no records. */
  kafka?: KafkaOptions | undefined;
  watch?: Watch | undefined;
  log: Log;
};

/**
 * Runs the built app as Azure Functions would, without account, Docker or Core Tools. It serves HTTP functions, and gives
 * events to Event Hubs functions and records to Kafka functions. Nothing calls others.
 * @throws PortTakenError; StartError if the app cannot run here; or what the app's entry threw
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const { entry, port, routePrefix = 'api', functionTimeoutMs, page, watch, log } = options;
  const worker = await startWorker({ entry, log, functionTimeoutMs });
  try {
    const http = await startHttpTrigger({ worker, port, routePrefix, watch, log, page: page?.serve });
    const feeds = await startFeeds(worker, options);
    return {
      url: http.url,
      async close({ graceMs = GRACE_MS } = {}) {
        // Whoever listens to news listens for ever.
        page?.close();
        await Promise.all([http.close(graceMs), feeds.close()]).finally(() => worker.close());
      },
    };
  } catch (error) {
    await worker.close();
    throw error;
  }
}

/** Feeds the app's functions that have a broker's trigger. If it cannot feed one it logs that, and the others run. */
async function startFeeds(worker: Worker, options: FunctionsHostOptions): Promise<Feed> {
  const { watch, log } = options;
  const feeds: Feed[] = [];
  for (const workerFunction of worker.functions) {
    try {
      const runner = createBatchRunner({ worker, workerFunction, watch, log });
      const feed = await startFeed(workerFunction, runner, { ...options, worker });
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
  { worker, eventHubs, kafka }: FunctionsHostOptions & { worker: Worker },
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
