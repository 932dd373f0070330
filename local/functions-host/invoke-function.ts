import { type LoadedApp, runHooks } from './load-app.ts';
import type { Log } from './log.ts';
import type { CoreInvocationContext, InvocationRequest } from './rpc.ts';

/** What the host sends without its own telemetry. */
const NO_TRACE = { traceParent: '', traceState: '', attributes: {} };

/**
 * Takes one invocation through the library and the app's hooks, in the order of the worker in Azure. Returns what the
 * handler returned; an HTTP response goes another way.
 */
export async function invokeFunction(options: {
  app: LoadedApp;
  log: Log;
  functionName: string;
  request: InvocationRequest & { invocationId: string };
}): Promise<unknown> {
  const { app, log, functionName, request } = options;
  const registered = app.functions.get(functionName);
  if (registered === undefined) throw new Error(`No function is registered as "${functionName}".`);
  const core: CoreInvocationContext = {
    invocationId: request.invocationId,
    request: { traceContext: NO_TRACE, ...request, functionId: functionName },
    metadata: registered.metadata,
    state: undefined,
    log: (level, category, message) => log({ level, category, functionName, message }),
  };
  const invocation = await app.model.getInvocationModel(core);
  const { context, inputs } = await invocation.getArguments();

  // Hooks may replace the inputs, the handler, the result and the error by assigning to these objects.
  const shared = { hookData: {}, appHookData: app.appHookData, invocationContext: context };
  const before = { ...shared, inputs, functionCallback: registered.callback };
  core.state = 'preInvocationHooks';
  await runHooks(app.hooks.preInvocation, before);

  const after = { ...shared, inputs: before.inputs, result: null as unknown, error: null as unknown };
  core.state = 'invocation';
  try {
    after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }
  core.state = 'postInvocationHooks';
  await runHooks(app.hooks.postInvocation, after);
  core.state = undefined;
  if (after.error !== null && after.error !== undefined) throw after.error;
  await invocation.getResponse(context, after.result);
  return after.result;
}
