import Module, { createRequire } from 'node:module';
import { StartError } from '../start-error.ts';
import type { Log, LogEntry, LogLevel } from './log.ts';
import type { FunctionCallback, FunctionMetadata, ProgrammingModel } from './rpc.ts';

type HookCallback = (context: object) => unknown;

/** What the app's entry registered while it loaded. */
export type LoadedApp = {
  functions: Map<string, { metadata: FunctionMetadata; callback: FunctionCallback }>;
  /** By the moment that they hook into. */
  hooks: Record<'appStart' | 'preInvocation' | 'postInvocation' | 'appTerminate', HookCallback[]>;
  /** Shared by all hooks of the app. */
  appHookData: Record<string, unknown>;
  model: ProgrammingModel;
  /** From then on no function can be registered. */
  isStarted: boolean;
};

/**
 * Loads the app's entry (CommonJS) again, and lets the `@azure/functions` inside it register the app.
 * @throws StartError if it registers nothing; or what the entry threw
 */
export function loadApp(entry: string, log: Log): LoadedApp {
  const app: Omit<LoadedApp, 'model'> & { model?: ProgrammingModel } = {
    functions: new Map(),
    hooks: { appStart: [], preInvocation: [], postInvocation: [], appTerminate: [] },
    appHookData: {},
    isStarted: false,
  };
  requireWith(entry, {
    version: 'local',
    hostVersion: 'local',
    log: (level: LogLevel, category: LogEntry['category'], message: string) =>
      log({ level, category, message }),
    getProgrammingModel: () => app.model,
    setProgrammingModel(model: ProgrammingModel) {
      app.model = model;
    },
    registerFunction(metadata: FunctionMetadata, callback: FunctionCallback) {
      const { name } = metadata;
      if (app.isStarted) throw new Error('A function can only be registered during app startup.');
      if (app.functions.has(name)) throw new Error(`A function named "${name}" has already been registered.`);
      app.functions.set(name, { metadata, callback });
      return { dispose: () => app.functions.delete(name) };
    },
    registerHook(name: keyof LoadedApp['hooks'], callback: HookCallback) {
      if (!Object.hasOwn(app.hooks, name)) throw new RangeError(`This host has no "${name}" hooks.`);
      app.hooks[name].push(callback);
      return { dispose: () => app.hooks[name].splice(app.hooks[name].indexOf(callback), 1) };
    },
  });
  const { model } = app;
  if (model === undefined) throw new StartError(`${entry} registers no functions.`);
  return Object.assign(app, { model });
}

/**
 * Answers the entry's `require('@azure/functions-core')` with the given module. The worker in Azure patches `require` in
 * the same place, for good. Here only loading needs it, because the library asks at its first registration and keeps the
 * answer. The patch ends with this call.
 */
function requireWith(entry: string, core: object): void {
  const require = createRequire(entry);
  const original = Module.prototype.require;
  Module.prototype.require = new Proxy(original, {
    apply: (target, module, args) =>
      args[0] === '@azure/functions-core' ? core : Reflect.apply(target, module, args),
  });
  try {
    // Without this, a second host in the same process would get the app that is registered with the first.
    delete require.cache[require.resolve(entry)];
    require(entry);
  } finally {
    Module.prototype.require = original;
  }
}

/** Runs the hooks of one moment in the order of their registration; if one throws, the rest do not run. */
export async function runHooks(hooks: readonly HookCallback[], context: object): Promise<void> {
  for (const hook of hooks) await hook(context);
}
