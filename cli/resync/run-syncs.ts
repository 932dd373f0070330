import pMap from 'p-map';
import type { DeadLetterArchive } from '../../src/operate/dead-letter-archive.ts';
import type { CatalogMark } from '../../src/operate/product-catalog.ts';
import { type Progress, startProgress, timeLeft } from '../common/progress.ts';
import { sleep as realSleep, type Sleep } from '../common/wait.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { type Requested, requestSyncs, type Stores } from './request-syncs.ts';

/** A run under way: what it has done so far is there even when it fails. */
export type SyncRun = {
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

/** Makes OrderCloud send the messages of products, with a progress bar, and waits for them if asked to. */
export async function runSyncs(api: OrderCloudApi, options: RunOptions): Promise<SyncRun> {
  const run: SyncRun = { requested: [], arrivals: null, failure: null };
  if (options.wait === null) await request(api, run, options);
  else await requestAndWait(api, run, options, options.wait);
  return run;
}

async function requestAndWait(
  api: OrderCloudApi,
  run: SyncRun,
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
  run: SyncRun,
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

/** What became of the message that was asked for. */
export type Arrival = { productId: string } & (
  | { kind: 'arrived'; tookMs: number }
  | { kind: 'dead-letter'; reason: string; deadLetterId: string }
  | { kind: 'not yet' }
);

type AwaitOptions = {
  stores: Stores;
  /** For each, counted from its request. */
  timeoutMs: number;
  signal: AbortSignal;
  onArrival: (arrival: Arrival) => void;
  sleep?: Sleep;
};

const CHECK_EVERY_MS = 500;

const CHECKS_AT_A_TIME = 8;

/** A query of the whole container costs more than a read. */
const ROUNDS_TO_DEAD_LETTERS = 4;

/** This machine's clock, the app's and the broker's differ by less. */
const CLOCKS_WITHIN_MS = 60_000;

/**
 * Waits for the messages that were asked for: until each is stored, became a dead letter, or time is up. What arrives
 * is known by its mark: another one than before, and not from before the request. `requested` may
 * still be growing while this runs, until `isComplete`.
 */
async function awaitArrivals(
  requested: readonly Requested[],
  isComplete: () => boolean,
  { stores, timeoutMs, signal, onArrival, sleep = realSleep }: AwaitOptions,
): Promise<void> {
  const arrivals = new Set<string>();
  const settle = (arrival: Arrival) => {
    arrivals.add(arrival.productId);
    onArrival(arrival);
  };
  let round = 0;
  const check = async (one: Requested) => {
    const item = await stores.catalog.read(one.productId);
    if (item?.sync && isNewMark(item.sync, one)) {
      settle({ productId: one.productId, kind: 'arrived', tookMs: Date.now() - one.requestedAt });
      return;
    }
    const isLate = Date.now() - one.requestedAt >= timeoutMs;
    const kept =
      isLate || round % ROUNDS_TO_DEAD_LETTERS === 0 ? await deadLetterOf(stores.archive, one) : null;
    if (kept !== null) settle(kept);
    else if (isLate) settle({ productId: one.productId, kind: 'not yet' });
  };
  for (;;) {
    const pending = requested.filter(
      ({ productId, refusal }) => refusal === null && !arrivals.has(productId),
    );
    if ((pending.length === 0 && isComplete()) || signal.aborted) break;
    await pMap(pending, check, { concurrency: CHECKS_AT_A_TIME });
    round += 1;
    await sleep(CHECK_EVERY_MS, signal);
  }
}

function isNewMark(mark: CatalogMark, { before, requestedAt }: Requested): boolean {
  const former = before.mark;
  const isOther =
    mark.receivedAt !== former?.receivedAt ||
    mark.stream !== former.stream ||
    mark.sequence !== former.sequence;
  return isOther && Date.parse(mark.time) >= requestedAt - CLOCKS_WITHIN_MS;
}

async function deadLetterOf(
  archive: DeadLetterArchive,
  { productId, before }: Requested,
): Promise<Arrival | null> {
  for await (const { id, reason, receivedAt } of archive.list({ productId })) {
    if (before.deadLetters.get(id) === receivedAt) continue;
    return { productId, kind: 'dead-letter', reason, deadLetterId: id };
  }
  return null;
}
