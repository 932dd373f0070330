import type { FunctionCallback, FunctionMetadata, ProgrammingModel } from './rpc.ts';

/** The moments an app can hook into; the worker of 2025 has `log` hooks too, which nothing here needs. */
export type HookName = 'appStart' | 'preInvocation' | 'postInvocation' | 'appTerminate';

type HookCallback = (context: object) => unknown;

/** What the app's entry registered while it loaded. */
export type AppRegistry = {
  functions: Map<string, { metadata: FunctionMetadata; callback: FunctionCallback }>;
  hooks: Record<HookName, HookCallback[]>;
  programmingModel: ProgrammingModel | undefined;
  /** Shared by all hooks of the app. */
  appHookData: Record<string, unknown>;
  /** Set once the app has started: from then on functions can be neither added nor removed. */
  locked: boolean;
};

/** A registry with nothing in it. */
export function emptyRegistry(): AppRegistry {
  return {
    functions: new Map(),
    hooks: { appStart: [], preInvocation: [], postInvocation: [], appTerminate: [] },
    programmingModel: undefined,
    appHookData: {},
    locked: false,
  };
}

/** Runs the hooks of one moment in the order of their registration; if one throws, the rest do not run. */
export async function runHooks(registry: AppRegistry, name: HookName, context: object): Promise<void> {
  for (const hook of registry.hooks[name]) await hook(context);
}
