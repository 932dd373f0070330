import { setTimeout as sleep } from 'node:timers/promises';
import type { Log, LogLevel } from './log.ts';
import { type RetryPolicy, toRetryPolicy } from './retry-policy.ts';
import type { InvocationRequest } from './rpc.ts';
import type { Watch } from './watch.ts';
import type { Worker, WorkerFunction } from './worker.ts';

/** Messages of one partition on their way into a function. */
export type Batch = {
  /** For the log: `partition 0: 12 events`. */
  name: string;
  request: InvocationRequest;
  /** How often it runs again in place, with all its retries, after they are used up; -1 for ever. */
  repeats: number;
  /** For the log: what Azure does after it has failed for good. */
  afterFailure: string;
  /** Stores that it is done, whether it succeeded or not: it does not come again. */
  moveOn(): Promise<void>;
};

/** The flow of batches into a function. `close` does not wait long for what is in flight. */
export type Feed = { close(): Promise<void> };

/** Runs the batches of one function. */
export type BatchRunner = {
  /** @throws AbortError if the runner is closed before the batch is done; what `moveOn` throws */
  run(batch: Batch): Promise<void>;
  log(level: LogLevel, message: string): void;
  /** Logs what keeps batches from coming: only once, because it comes back several times a second. */
  warn(problem: string): void;
  /** Aborted when the runner closes: nothing should be fetched any more. */
  closing: AbortSignal;
  /** Waits a moment for batches in flight. What ends later is not stored as done. */
  close(): Promise<void>;
};

/** How long closing waits for batches in flight, and then for a consumer to say goodbye. */
const CLOSING_MS = 500;

/** Waits until something ends, well or not, but not for long. */
export async function waitBriefly(work: Promise<unknown>): Promise<void> {
  await Promise.race([work.catch(() => {}), sleep(CLOSING_MS, undefined, { ref: false })]);
}

/** @throws ZodError if the function's retry policy is one that Azure would refuse */
export function createBatchRunner(options: {
  worker: Worker;
  workerFunction: WorkerFunction;
  watch: Watch | undefined;
  log: Log;
}): BatchRunner {
  const { worker, watch, workerFunction } = options;
  const functionName = workerFunction.name;
  const policy = toRetryPolicy(workerFunction.retryOptions);
  const closing = new AbortController();
  const inFlight = new Set<Promise<void>>();
  const warned = new Set<string>();
  let isClosed = false;

  const log = (level: LogLevel, message: string) =>
    options.log({ level, category: 'host', functionName, message });

  /** Returns whether the function succeeded before its retry policy ended. */
  const runWithRetries = async ({ name, request }: Batch, afterFailure: string): Promise<boolean> => {
    let failure: unknown;
    for (let retry = 0; ; retry += 1) {
      closing.signal.throwIfAborted();
      const started = performance.now();
      const attempt = retry === 0 ? name : `${name}, retry ${retry}`;
      const milliseconds = () => Math.round(performance.now() - started);
      const retryContext = policy && retryContextOf(policy, { retry, failure, functionName });
      const invocation = { ...request, ...(retryContext && { retryContext }) };
      watch?.onBatch(invocation);
      try {
        await worker.invoke(functionName, invocation);
        log('information', `${attempt} → succeeded in ${milliseconds()} ms`);
        return true;
      } catch (error) {
        failure = error;
      }
      const isLast = policy === undefined || retry === policy.maxRetryCount;
      const why = policy === undefined ? 'the function has no retry policy' : 'its retries are used up';
      const next = isLast ? ` ${afterFailure}: ${why}.` : '';
      // Only the first failure has a stack: an outage would repeat it as long as it lasts.
      const reason = retry === 0 && failure instanceof Error ? failure.stack : messageOf(failure);
      log('error', `${attempt} → failed in ${milliseconds()} ms.${next} ${reason}`);
      if (isLast) return false;
      await sleep(policy.delayBefore(retry + 1), undefined, { signal: closing.signal });
    }
  };

  const runToTheEnd = async (batch: Batch): Promise<void> => {
    for (let run = 0; ; run += 1) {
      const isLast = run === batch.repeats;
      const afterFailure = isLast ? batch.afterFailure : 'As in Azure, it is run again in place';
      if ((await runWithRetries(batch, afterFailure)) || isLast) break;
    }
    if (isClosed) closing.signal.throwIfAborted();
    await batch.moveOn();
    warned.clear();
  };

  return {
    async run(batch) {
      const running = runToTheEnd(batch);
      inFlight.add(running);
      await running.finally(() => inFlight.delete(running));
    },
    log,
    warn(problem) {
      if (!closing.signal.aborted && !warned.has(problem)) log('warning', problem);
      warned.add(problem);
    },
    closing: closing.signal,
    async close() {
      closing.abort();
      await waitBriefly(Promise.allSettled(inFlight));
      isClosed = true;
    },
  };
}

type Failed = { retry: number; failure: unknown; functionName: string };

/** It exists from the first run on, with `retryCount` 0, but only for functions with a policy. */
function retryContextOf(
  { maxRetryCount }: RetryPolicy,
  { retry, failure, functionName }: Failed,
): NonNullable<InvocationRequest['retryContext']> {
  const context = { retryCount: retry, maxRetryCount };
  if (retry === 0) return context;
  // The host's own chain of errors around the app's, of several kilobytes.
  const stack = failure instanceof Error ? failure.stack : undefined;
  const rpcException = `Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException : Result: Failure\nException: ${messageOf(failure)}\nStack: ${stack ?? ''}`;
  const message = `Microsoft.Azure.WebJobs.Host.FunctionInvocationException : Exception while executing function: Functions.${functionName} ---> ${rpcException}${DOTNET_FRAME.repeat(20)}`;
  return { ...context, exception: { message, source: 'System.Private.CoreLib', stackTrace: DOTNET_FRAME } };
}

const DOTNET_FRAME =
  '\n   at async Microsoft.Azure.WebJobs.Host.Executors.FunctionExecutor.ExecuteWithWatchersAsync(IFunctionInstanceEx instance, ParameterHelper parameterHelper, ILogger logger, CancellationTokenSource functionCancellationTokenSource)';

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
