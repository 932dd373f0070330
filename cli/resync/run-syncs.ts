import type { OrderCloudApi } from '../ordercloud/api.ts';
import { type Progress, startProgress } from '../support/progress.ts';
import { timeLeft } from '../support/time-left.ts';
import { type Arrival, awaitArrivals } from './await-arrivals.ts';
import { type Requested, requestSyncs, type Stores } from './request-sync.ts';

/** A run under way: what it has done so far is there even when it fails. */
export type Run = {
  requested: Requested[];
  /** Null where nobody waits. */
  arrivals: Arrival[] | null;
  /** What ended it early, besides Ctrl-C. */
  failure: unknown;
};

type RunOptions = {
  ids: AsyncIterable<string> | Iterable<string>;
  /** With what an earlier run has done. */
  total: number;
  done?: number;
  rate: number;
  /** Waits for the messages, where given. */
  wait: { stores: Stores; timeoutMs: number } | null;
  signal: AbortSignal;
  stderr: NodeJS.WriteStream;
  /** Told of each product before the next. */
  onRequested?: (requested: Requested) => Promise<void>;
};

/** Has OrderCloud send the messages of products, with a progress bar, and waits for them if that is asked. */
export async function runSyncs(api: OrderCloudApi, options: RunOptions): Promise<Run> {
  const run: Run = { requested: [], arrivals: null, failure: null };
  if (options.wait === null) await request(api, run, options);
  else await requestAndWait(api, run, options, options.wait);
  return run;
}

async function requestAndWait(
  api: OrderCloudApi,
  run: Run,
  options: RunOptions,
  { stores, timeoutMs }: NonNullable<RunOptions['wait']>,
): Promise<void> {
  const { signal, stderr } = options;
  const arrivals: Arrival[] = [];
  run.arrivals = arrivals;
  let isSending = true;
  let progress: Progress | undefined;
  const stop = new AbortController();
  const waiting = awaitArrivals(run.requested, () => !isSending, {
    stores,
    timeoutMs,
    signal,
    onArrival: (arrival) => {
      arrivals.push(arrival);
      progress?.advance();
    },
  }).catch((error: unknown) => {
    if (!signal.aborted) run.failure ??= error;
    stop.abort();
  });
  await request(api, run, { ...options, signal: AbortSignal.any([signal, stop.signal]) });
  isSending = false;
  const total = run.requested.filter(({ refusal }) => refusal === null).length;
  if (arrivals.length < total && !signal.aborted) {
    progress = startProgress({ label: 'Waiting for messages', total, done: arrivals.length, stream: stderr });
  }
  await waiting;
  progress?.stop();
}

async function request(
  api: OrderCloudApi,
  run: Run,
  { ids, total, done = 0, rate, wait, signal, stderr, onRequested }: RunOptions,
): Promise<void> {
  const progress = startProgress({ label: 'Asking OrderCloud', total, done, stream: stderr });
  const left = timeLeft();
  let refused = 0;
  try {
    for await (const requested of requestSyncs(api, ids, { rate, signal, stores: wait?.stores ?? null })) {
      run.requested.push(requested);
      await onRequested?.(requested);
      if (requested.refusal !== null) refused += 1;
      const notes = [refused > 0 ? `${refused} refused` : '', left(run.requested.length, total - done)];
      progress.advance(notes.filter((note) => note !== '').join(', '));
    }
  } catch (error) {
    if (!signal.aborted) run.failure ??= error;
  } finally {
    progress.stop();
  }
}
