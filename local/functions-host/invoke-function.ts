import { type AppRegistry, runHooks } from './app-registry.ts';
import type { Log } from './log.ts';
import type {
  CoreInvocationContext,
  InvocationRequest,
  InvocationResponse,
  ProgrammingModel,
} from './rpc.ts';

/** The response for the host, and what the handler returned, which an HTTP response does not show. */
export type InvocationResult = { response: InvocationResponse; returned: unknown };

/** Takes one invocation through the library and the app's hooks, in the order of the worker in Azure. */
export async function invokeFunction(options: {
  registry: AppRegistry;
  model: ProgrammingModel;
  log: Log;
  functionName: string;
  request: InvocationRequest & { invocationId: string };
}): Promise<InvocationResult> {
  const { registry, functionName } = options;
  const registered = registry.functions.get(functionName);
  if (registered === undefined) throw new Error(`No function is registered as "${functionName}".`);
  const core = coreContext(options, registered.metadata);
  const invocation = await options.model.getInvocationModel(core);
  const { context, inputs } = await invocation.getArguments();

  // Hooks may replace the inputs, the handler, the result and the error by assigning to these objects.
  const shared = { hookData: {}, appHookData: registry.appHookData, invocationContext: context };
  const before = { ...shared, inputs, functionCallback: registered.callback };
  await inState(core, 'preInvocationHooks', () => runHooks(registry, 'preInvocation', before));

  const after = { ...shared, inputs: before.inputs, result: null as unknown, error: null as unknown };
  await inState(core, 'invocation', async () => {
    try {
      after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error;
    }
  });

  await inState(core, 'postInvocationHooks', () => runHooks(registry, 'postInvocation', after));
  if (after.error !== null && after.error !== undefined) throw after.error;
  return { response: await invocation.getResponse(context, after.result), returned: after.result };
}

/** What the host sends without its own telemetry. */
const NO_TRACE = { traceParent: '', traceState: '', attributes: {} };

function coreContext(
  {
    log,
    functionName,
    request,
  }: { log: Log; functionName: string; request: InvocationRequest & { invocationId: string } },
  metadata: CoreInvocationContext['metadata'],
): CoreInvocationContext {
  return {
    invocationId: request.invocationId,
    request: { traceContext: NO_TRACE, ...request, functionId: functionName },
    metadata,
    state: undefined,
    log: (level, category, message) => log({ level, category, functionName, message }),
  };
}

async function inState(
  core: CoreInvocationContext,
  state: CoreInvocationContext['state'],
  work: () => Promise<void>,
): Promise<void> {
  core.state = state;
  try {
    await work();
  } finally {
    core.state = undefined;
  }
}
