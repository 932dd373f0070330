import Module, { createRequire } from 'node:module';
import type { AppRegistry, HookName } from './app-registry.ts';
import type { Log, LogEntry, LogLevel } from './log.ts';
import type { FunctionCallback, FunctionMetadata, ProgrammingModel } from './rpc.ts';

/** Undoes a registration. */
class Disposable {
  #undo: (() => unknown) | undefined;

  constructor(undo: () => unknown) {
    this.#undo = undo;
  }

  static from(...disposables: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  dispose(): unknown {
    const undo = this.#undo;
    this.#undo = undefined;
    return undo?.();
  }
}

/** Creates the module `@azure/functions-core`, through which the library registers the app with the worker. */
export function coreModule(registry: AppRegistry, log: Log): object {
  return {
    version: 'local',
    hostVersion: 'local',
    Disposable,
    log: (level: LogLevel, category: LogEntry['category'], message: string) =>
      log({ level, category, message }),
    getProgrammingModel: () => registry.programmingModel,
    setProgrammingModel: (model: ProgrammingModel) => {
      registry.programmingModel = model;
    },
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
      registerFunction(registry, metadata, callback),
    registerHook: (name: string, callback: (context: object) => unknown) =>
      registerHook(registry, name, callback),
  };
}

function registerFunction(
  registry: AppRegistry,
  metadata: FunctionMetadata,
  callback: FunctionCallback,
): Disposable {
  const { name } = metadata;
  if (registry.locked) throw new Error('A function can only be registered during app startup.');
  if (registry.functions.has(name))
    throw new Error(`A function named "${name}" has already been registered.`);
  registry.functions.set(name, { metadata, callback });
  return new Disposable(() => {
    if (registry.locked) throw new Error('A function can only be disposed during app startup.');
    registry.functions.delete(name);
  });
}

function registerHook(
  registry: AppRegistry,
  name: string,
  callback: (context: object) => unknown,
): Disposable {
  if (!Object.hasOwn(registry.hooks, name)) throw new RangeError(`This host has no "${name}" hooks.`);
  const hooks = registry.hooks[name as HookName];
  hooks.push(callback);
  return new Disposable(() => {
    const index = hooks.indexOf(callback);
    if (index >= 0) hooks.splice(index, 1);
  });
}

/**
 * Loads the app's entry again, and answers its `require('@azure/functions-core')` with the given module. The worker in
 * Azure patches `require` in the same place, for good. Here only loading needs it, because the library asks at its first
 * registration and keeps the answer. The patch ends with this call.
 */
export function loadEntry(entry: string, core: object): void {
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
