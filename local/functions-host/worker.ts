import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { stopListening } from '../listen.ts';
import { StartError } from '../start-error.ts';
import { type AppRegistry, emptyRegistry, runHooks } from './app-registry.ts';
import { coreModule, loadEntry } from './core-module.ts';
import { type InvocationResult, invokeFunction } from './invoke-function.ts';
import { catchLibraryServer } from './library-server.ts';
import type { Log } from './log.ts';
import type { Binding, InvocationRequest } from './rpc.ts';

/** A function of the app and what triggers it. */
export type WorkerFunction = { name: string; trigger: Binding & { name: string }; retryOptions: unknown };

/** The app, loaded and started; triggers feed it through `invoke`. */
export type Worker = {
  functions: readonly WorkerFunction[];
  /** Where the library takes HTTP requests in; undefined when the app has not enabled HTTP streaming. */
  httpUri: string | undefined;
  /** What the app has set with `app.setup({ capabilities })`, and what the library adds to it. */
  capabilities: Readonly<Record<string, string>>;
  /** Runs one invocation with its hooks; rejects with what the handler or a hook threw. */
  invoke(functionName: string, request: InvocationRequest): Promise<InvocationResult>;
  /** Runs the appTerminate hooks and closes the library's server; invocations still running are not awaited. */
  close(): Promise<void>;
};

/**
 * Stands in for the Node.js worker of Azure Functions: loads the built entry (CommonJS, absolute path), lets the
 * `@azure/functions` inside it register the app, and runs invocations. It installs no handler for unhandled
 * rejections: they end this process as they end the worker in Azure.
 */
export async function startWorker({ entry, log }: { entry: string; log: Log }): Promise<Worker> {
  const registry = emptyRegistry();
  loadEntry(entry, coreModule(registry, log));
  const model = registry.programmingModel;
  if (model === undefined) throw new StartError(`${entry} registers no functions.`);

  const appLevel = { hookData: {}, appHookData: registry.appHookData };
  await runHooks(registry, 'appStart', { ...appLevel, functionAppDirectory: dirname(entry) });
  const { result, server } = catchLibraryServer(() => model.getCapabilities?.({}));
  const capabilities = (await result) ?? {};
  registry.locked = true;

  return {
    functions: listFunctions(registry),
    httpUri: capabilities.HttpUri,
    capabilities,
    invoke: (functionName, request) =>
      invokeFunction({
        registry,
        model,
        log,
        functionName,
        request: { invocationId: randomUUID(), ...request },
      }),
    async close() {
      try {
        await runHooks(registry, 'appTerminate', appLevel);
      } finally {
        if (server) await stopListening(server);
      }
    },
  };
}

function listFunctions({ functions }: AppRegistry): WorkerFunction[] {
  return [...functions.values()].map(({ metadata: { name, bindings, retryOptions } }) => {
    const trigger = Object.entries(bindings).find(([, { type }]) => /trigger$/i.test(type));
    if (trigger === undefined) throw new StartError(`Function "${name}" has no trigger.`);
    return { name, trigger: { ...trigger[1], name: trigger[0] }, retryOptions };
  });
}
