import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Server } from 'node:http';
import { dirname } from 'node:path';
import { stopListening } from '../listen.ts';
import { StartError } from '../start-error.ts';
import { type AppRegistry, emptyRegistry, runHooks } from './app-registry.ts';
import { coreModule, loadEntry } from './core-module.ts';
import { type InvocationResult, invokeFunction } from './invoke-function.ts';
import { catchLibraryServer } from './library-server.ts';
import type { Log } from './log.ts';
import type { Binding, InvocationRequest, ProgrammingModel } from './rpc.ts';

/** A function of the app and what triggers it. */
export type WorkerFunction = { name: string; trigger: Binding & { name: string }; retryOptions: unknown };

/** Waits until an invocation is over; by default, as soon as the handler and its hooks are. */
export type UntilOver = (result: Promise<InvocationResult>) => Promise<unknown>;

/** The app, loaded and started; triggers feed it through `invoke`. */
export type Worker = {
  functions: readonly WorkerFunction[];
  /** What the app has set with `app.setup({ capabilities })`, and what the library adds to it. */
  capabilities: Readonly<Record<string, string>>;
  /** Where the library receives HTTP requests; undefined if the app has not enabled HTTP streaming. */
  httpUri(): Promise<string | undefined>;
  /**
   * Runs one invocation with its hooks. Rejects with what the handler or a hook threw, or if `functionTimeout` ends it:
   * as in Azure, the app then starts again, and every other invocation fails, too.
   */
  invoke(functionName: string, request: InvocationRequest, untilOver?: UntilOver): Promise<InvocationResult>;
  /** Runs the appTerminate hooks and closes the library's server. It does not wait for running invocations. */
  close(): Promise<void>;
};

/** `entry` is the absolute path of the built app (CommonJS). */
export type WorkerOptions = { entry: string; functionTimeoutMs?: number; log: Log };

/** Azure's default on the plans that run this app. */
const FUNCTION_TIMEOUT_MS = 30 * 60_000;

/**
 * Stands in for the Node.js worker of Azure Functions: loads the built entry, lets the `@azure/functions` inside it
 * register the app, and runs invocations. It installs no handler for unhandled rejections: they end this process as
 * they end the worker in Azure.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { log, functionTimeoutMs = FUNCTION_TIMEOUT_MS } = options;
  const first = await startApp(options);
  let app = Promise.resolve(first);
  let isClosed = false;

  const restart = async (running: RunningApp, functionName: string) => {
    if (isClosed) return;
    const problem = `functionTimeout (${functionTimeoutMs / 1_000} s) is over: the worker is started again, and what is in flight fails`;
    log({ level: 'error', category: 'host', functionName, message: problem });
    app = startApp(options);
    running.ended.abort(new Error(`functionTimeout of ${functionName} is over`));
    await running.closeServer();
  };

  return {
    functions: listFunctions(first.registry),
    capabilities: first.capabilities,
    httpUri: async () => (await app).capabilities.HttpUri,
    async invoke(functionName, request, untilOver = (result) => result) {
      const running = await app;
      const result = invokeFunction({
        ...{ registry: running.registry, model: running.model, log, functionName },
        request: { invocationId: randomUUID(), ...request },
      });
      const limit = setTimeout(() => void restart(running, functionName), functionTimeoutMs).unref();
      try {
        await untilAborted(untilOver(result), running.ended.signal);
        return await result;
      } finally {
        clearTimeout(limit);
      }
    },
    async close() {
      isClosed = true;
      const running = await app;
      try {
        await runHooks(running.registry, 'appTerminate', running.hookContext);
      } finally {
        await running.closeServer();
      }
    },
  };
}

type RunningApp = {
  registry: AppRegistry;
  model: ProgrammingModel;
  capabilities: Record<string, string>;
  hookContext: object;
  /** Aborted when the worker starts again. */
  ended: AbortController;
  closeServer(): Promise<void>;
};

async function startApp({ entry, log }: WorkerOptions): Promise<RunningApp> {
  const registry = emptyRegistry();
  loadEntry(entry, coreModule(registry, log));
  const model = registry.programmingModel;
  if (model === undefined) throw new StartError(`${entry} registers no functions.`);

  const hookContext = { hookData: {}, appHookData: registry.appHookData };
  await runHooks(registry, 'appStart', { ...hookContext, functionAppDirectory: dirname(entry) });
  const { result, server } = catchLibraryServer(() => model.getCapabilities?.({}));
  const capabilities = (await result) ?? {};
  registry.locked = true;
  const ended = new AbortController();
  // Every invocation in flight listens, and there is no limit to them.
  setMaxListeners(0, ended.signal);
  return {
    registry,
    model,
    capabilities,
    hookContext,
    ended,
    closeServer: closerOf(server),
  };
}

function closerOf(server: Server | undefined): () => Promise<void> {
  return async () => {
    if (server) await stopListening(server);
  };
}

/** Waits for work, or rejects with the signal's reason if that comes first. */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function listFunctions({ functions }: AppRegistry): WorkerFunction[] {
  return [...functions.values()].map(({ metadata: { name, bindings, retryOptions } }) => {
    const trigger = Object.entries(bindings).find(([, { type }]) => /trigger$/i.test(type));
    if (trigger === undefined) throw new StartError(`Function "${name}" has no trigger.`);
    return { name, trigger: { ...trigger[1], name: trigger[0] }, retryOptions };
  });
}
