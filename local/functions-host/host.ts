import type { PageServer } from '../page-server/page-server.ts';
import { type FeedsOptions, startFeeds } from './feeds.ts';
import { startHttpTrigger } from './http-trigger.ts';
import { httpRoutes } from './routes.ts';
import { startWorker, type WorkerFunction } from './worker.ts';

/** A function of the app, for display. */
export type HostFunction = { name: string; type: string; route?: string; methods?: readonly string[] };

/** The app, running; `url` has no trailing slash and no route prefix. */
export type FunctionsHost = {
  url: string;
  functions: readonly HostFunction[];
  /** Lets requests in flight finish, as the host in Azure does for 10 seconds after a SIGTERM. */
  close(options?: { graceMs?: number }): Promise<void>;
};

const GRACE_MS = 10_000;

/** `entry` is the absolute path of the built app, `port` 0 picks a free port, `routePrefix` is Azure's `api`. */
export type FunctionsHostOptions = Omit<FeedsOptions, 'worker'> & {
  entry: string;
  port: number;
  routePrefix?: string;
  /** How long an invocation may take: host.json's `functionTimeout`. */
  functionTimeoutMs?: number | undefined;
  /** What is served where no function's route is. */
  page?: Pick<PageServer, 'serve' | 'close'> | undefined;
};

/**
 * Runs the built app as Azure Functions would, without account, Docker or Core Tools. It serves HTTP functions, and gives
 * events to Event Hubs functions and records to Kafka functions. It lists others, and nothing calls them.
 * @throws PortTakenError; StartError if the app cannot run here; or what the app's entry threw
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const { entry, port, routePrefix = 'api', functionTimeoutMs, page, log } = options;
  const worker = await startWorker({ entry, log, functionTimeoutMs });
  try {
    const { watch } = options;
    const http = await startHttpTrigger({
      ...{ worker, port, routePrefix, watch, log },
      page: page?.serve,
    });
    const feeds = await startFeeds({ ...options, worker });
    return {
      url: http.url,
      functions: worker.functions.map(forDisplay),
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

function forDisplay(workerFunction: WorkerFunction): HostFunction {
  const { name, trigger } = workerFunction;
  const route = httpRoutes([workerFunction])[0];
  return { name, type: trigger.type, ...(route && { route: route.template, methods: route.methods }) };
}
