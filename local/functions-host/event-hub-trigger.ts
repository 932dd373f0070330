import { StartError } from '../start-error.ts';
import type { EventHubFeed, FeedSettings } from './event-hub-feed.ts';
import { toEventHubSource } from './event-hub-source.ts';
import type { Log } from './log.ts';
import type { Worker } from './worker.ts';

/** How functions with an Event Hubs trigger get their events. */
export type EventHubsOptions = Pick<FeedSettings, 'storageConnectionString'> & Partial<FeedSettings>;

/** The Event Hubs trigger, at work. */
export type EventHubTrigger = {
  /** Stops fetching and waits a moment for batches in flight. One that takes longer gets no checkpoint. */
  close(): Promise<void>;
};

/** The container and layout of the host in Azure: with its storage account, this host continues from there. */
const CHECKPOINT_CONTAINER = 'azure-webjobs-eventhub';

/** Azure's default, as of extension 5. */
const MAX_EVENT_BATCH_SIZE = 100;

const OWNERSHIP_EXPIRY_MS = 5_000;

/**
 * Feeds the app's Event Hubs functions with the SDK's consumer, as the host in Azure does with its own: checkpoints in
 * blob storage; without one, from the oldest event. If it cannot feed a function it logs that, and the others run.
 */
export async function startEventHubTrigger(options: {
  worker: Worker;
  eventHubs: EventHubsOptions;
  log: Log;
}): Promise<EventHubTrigger> {
  const { worker, eventHubs, log } = options;
  const settings = {
    checkpointContainer: CHECKPOINT_CONTAINER,
    maxEventBatchSize: MAX_EVENT_BATCH_SIZE,
    ownershipExpiryMs: OWNERSHIP_EXPIRY_MS,
    ...eventHubs,
  };
  const feeds: EventHubFeed[] = [];
  for (const workerFunction of worker.functions) {
    if (workerFunction.trigger.type.toLowerCase() !== 'eventhubtrigger') continue;
    try {
      const source = toEventHubSource(workerFunction, process.env);
      // The SDKs take a third of a second to load, so only a host that feeds a function loads them.
      const { startEventHubFeed } = await import('./event-hub-feed.ts');
      feeds.push(await startEventHubFeed({ worker, workerFunction, source, settings, log }));
    } catch (error) {
      const reason = error instanceof StartError ? error.message : String(error);
      const message = `This function gets no events. ${reason}`;
      log({ level: 'error', category: 'host', functionName: workerFunction.name, message });
    }
  }
  return {
    async close() {
      await Promise.all(feeds.map((feed) => feed.close()));
    },
  };
}
