import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { InvocationRequest, RpcException } from './rpc.ts';

/** Thrown to abandon a batch without a checkpoint: it will come again, here or at another host. */
export class BatchAbandonedError extends Error {
  override readonly name = 'BatchAbandonedError';
  readonly reason: 'partition lost' | 'host closes';

  constructor(reason: BatchAbandonedError['reason'], options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}

/** One batch, and how to run the function on it. */
export type BatchRun = {
  functionName: string;
  /** For the log: where it comes from, and how many there are. */
  batch: string;
  /** For the log: what Azure does after it has failed for good, as the beginning of a sentence. */
  afterFailure: string;
  policy: RetryPolicy | undefined;
  request: InvocationRequest;
  invoke(request: InvocationRequest): Promise<unknown>;
  /** Whether another host has the partition now. */
  isLost?(): boolean;
  /** Aborted when the host closes. */
  closing: AbortSignal;
  log: Log;
};

/**
 * Runs the function on a batch, and runs all of it again as long as it fails and its retry policy lasts. Returns true
 * after a success; false once the policy is exhausted, or after a failure without a policy.
 * @throws BatchAbandonedError if the host closes, or the partition goes to another host, before that
 */
export async function runBatch(run: BatchRun): Promise<boolean> {
  const { policy, closing } = run;
  let failure: unknown;
  for (let retry = 0; ; retry += 1) {
    if (closing.aborted) throw new BatchAbandonedError('host closes');
    if (run.isLost?.()) throw new BatchAbandonedError('partition lost');
    const started = performance.now();
    try {
      await run.invoke({ ...run.request, ...retryContext(run, retry, failure) });
      logInvocation(run, { retry, started });
      return true;
    } catch (error) {
      failure = error;
      logInvocation(run, { retry, started, failure: { error } });
    }
    if (closing.aborted) throw new BatchAbandonedError('host closes');
    if (!hasAnotherRetry(policy, retry)) return false;
    await wait(policy.delayBefore(retry + 1), closing);
  }
}

function hasAnotherRetry(policy: RetryPolicy | undefined, retry: number): policy is RetryPolicy {
  return policy !== undefined && (policy.maxRetryCount === -1 || retry < policy.maxRetryCount);
}

/** It exists from the first run on, with `retryCount` 0, but only for functions with a policy. */
function retryContext(
  { policy, functionName }: BatchRun,
  retryCount: number,
  failure: unknown,
): Pick<InvocationRequest, 'retryContext'> {
  if (policy === undefined) return {};
  const { maxRetryCount } = policy;
  return {
    retryContext: {
      retryCount,
      maxRetryCount,
      ...(retryCount > 0 && { exception: toRpcException(failure, functionName) }),
    },
  };
}

/** The host's own chain of errors around the app's, of several kilobytes. */
function toRpcException(failure: unknown, functionName: string): RpcException {
  const stack = failure instanceof Error ? failure.stack : undefined;
  const rpcException = `Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException : Result: Failure\nException: ${messageOf(failure)}\nStack: ${stack ?? ''}`;
  return {
    message: `Microsoft.Azure.WebJobs.Host.FunctionInvocationException : Exception while executing function: Functions.${functionName} ---> ${rpcException}${DOTNET_FRAMES.repeat(20)}`,
    source: 'System.Private.CoreLib',
    stackTrace: DOTNET_FRAMES,
  };
}

const DOTNET_FRAMES =
  '\n   at async Microsoft.Azure.WebJobs.Host.Executors.FunctionExecutor.ExecuteWithWatchersAsync(IFunctionInstanceEx instance, ParameterHelper parameterHelper, ILogger logger, CancellationTokenSource functionCancellationTokenSource)';

async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((cause: unknown) => {
    throw new BatchAbandonedError('host closes', { cause });
  });
}

type Invocation = { retry: number; started: number; failure?: { error: unknown } };

function logInvocation(run: BatchRun, { retry, started, failure }: Invocation): void {
  const { functionName, batch, afterFailure, policy } = run;
  const attempt = retry === 0 ? '' : `, retry ${retry}`;
  const duration = Math.round(performance.now() - started);
  const what = `${batch}${attempt}`;
  if (failure === undefined) {
    const message = `${what} → succeeded in ${duration} ms`;
    run.log({ level: 'information', category: 'host', functionName, message });
    return;
  }
  const { error } = failure;
  const next = hasAnotherRetry(policy, retry)
    ? ''
    : ` ${afterFailure}: ${policy ? 'its retries are used up' : 'the function has no retry policy'}.`;
  // Only the first failure has a stack: an outage would repeat it as long as it lasts.
  const reason = retry === 0 && error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  const message = `${what} → failed in ${duration} ms.${next} ${reason}`;
  run.log({ level: 'error', category: 'host', functionName, message });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
