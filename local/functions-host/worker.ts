import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { StartError } from '../start-error.ts';
import { invokeFunction } from './invoke-function.ts';
import { catchLibraryServer } from './library-server.ts';
import { type LoadedApp, loadApp, runHooks } from './load-app.ts';
import type { Log } from './log.ts';
import type { Binding, InvocationRequest } from './rpc.ts';

/** A function of the app and what triggers it. */
export type WorkerFunction = { name: string; trigger: Binding & { name: string }; retryOptions: unknown };

/** Waits until an invocation is over; by default, as soon as the handler and its hooks are. */
export type UntilOver = (result: Promise<unknown>) => Promise<unknown>;

/** The app, loaded and started; triggers feed it through `invoke`. */
export type Worker = {
  functions: readonly WorkerFunction[];
  /** What the app has set with `app.setup({ capabilities })`, and what the library adds to it. */
  capabilities: Readonly<Record<string, string>>;
  /** Where the library receives HTTP requests; undefined if the app has not enabled HTTP streaming. */
  httpUri(): Promise<string | undefined>;
  /**
   * Runs one invocation with its hooks, and returns what the handler returned. Rejects with what the handler or a hook
   * threw, or if `functionTimeout` ends it: as in Azure, the app then starts again, and every other invocation fails, too.
   */
  invoke(functionName: string, request: InvocationRequest, untilOver?: UntilOver): Promise<unknown>;
  /** Runs the appTerminate hooks and closes the library's server. It does not wait for running invocations. */
  close(): Promise<void>;
};

/** `entry` is the absolute path of the built app (CommonJS). */
export type WorkerOptions = { entry: string; functionTimeoutMs?: number | undefined; log: Log };

/** Azure's default on the plans that run this app. */
const FUNCTION_TIMEOUT_MS = 30 * 60_000;

/**
 * Stands in for the Node.js worker of Azure Functions: loads the built entry and runs invocations. It installs no handler
 * for unhandled rejections: they end this process as they end the worker in Azure.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { log, functionTimeoutMs = FUNCTION_TIMEOUT_MS } = options;
  const first = await startApp(options);
  let current = Promise.resolve(first);
  let isClosed = false;

  const restart = async (ended: RunningApp, functionName: string) => {
    if (isClosed) return;
    const message = `functionTimeout (${functionTimeoutMs / 1_000} s) is over: the worker is started again, and what is in flight fails`;
    log({ level: 'error', category: 'host', functionName, message });
    current = startApp(options);
    for (const fail of ended.inFlight) fail(new Error(`functionTimeout of ${functionName} is over`));
    await ended.closeServer();
  };

  return {
    functions: functionsOf(first.app),
    capabilities: first.capabilities,
    httpUri: async () => (await current).capabilities.HttpUri,
    async invoke(functionName, request, untilOver = (result) => result) {
      const running = await current;
      const result = invokeFunction({
        ...{ app: running.app, log, functionName },
        request: { invocationId: randomUUID(), ...request },
      });
      let fail: (reason: Error) => void = () => {};
      const failed = new Promise<never>((_, reject) => {
        fail = reject;
      });
      running.inFlight.add(fail);
      const limit = setTimeout(() => void restart(running, functionName), functionTimeoutMs).unref();
      try {
        await Promise.race([untilOver(result), failed]);
        return await result;
      } finally {
        clearTimeout(limit);
        running.inFlight.delete(fail);
      }
    },
    async close() {
      isClosed = true;
      const { app, hookContext, closeServer } = await current;
      await runHooks(app.hooks.appTerminate, hookContext).finally(closeServer);
    },
  };
}

type RunningApp = {
  app: LoadedApp;
  capabilities: Record<string, string>;
  /** Shared by the hooks at the start and at the end. */
  hookContext: object;
  /** Make the invocations in flight fail. */
  inFlight: Set<(reason: Error) => void>;
  closeServer(): Promise<void>;
};

async function startApp({ entry, log }: WorkerOptions): Promise<RunningApp> {
  const app = loadApp(entry, log);
  const hookContext = { hookData: {}, appHookData: app.appHookData };
  await runHooks(app.hooks.appStart, { ...hookContext, functionAppDirectory: dirname(entry) });
  const { result, closeServer } = catchLibraryServer(() => app.model.getCapabilities?.({}));
  const capabilities = (await result) ?? {};
  app.isStarted = true;
  return { app, capabilities, hookContext, inFlight: new Set(), closeServer };
}

function functionsOf({ functions }: LoadedApp): WorkerFunction[] {
  return [...functions.values()].map(({ metadata: { name, bindings, retryOptions } }) => {
    const trigger = Object.entries(bindings).find(([, { type }]) => /trigger$/i.test(type));
    if (trigger === undefined) throw new StartError(`Function "${name}" has no trigger.`);
    return { name, trigger: { ...trigger[1], name: trigger[0] }, retryOptions };
  });
}
