import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
import type { DeadLetterArchive } from '../../src/operate/dead-letter-archive.ts';
import type { CatalogMark, ProductCatalog } from '../../src/operate/product-catalog.ts';
import { untilAborted } from '../../src/until-aborted.ts';
import { type Progress, startProgress } from '../common/progress.ts';
import { sleep } from '../common/wait.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { type Refused, type Requested, requestSyncs } from './request-syncs.ts';

/** What was done, even if the run ended early. */
export type ResyncReport = {
  requested: number;
  refused: Refused[];
  /** Null if nobody waited. */
  arrivals: Arrival[] | null;
  /** Not asked for, because the run ended early. */
  notAsked: number;
};

type RunOptions = {
  ids: AsyncIterable<string> | Iterable<string>;
  total: number;
  /** What interrupted runs have done before. */
  former?: Pick<ResyncReport, 'requested' | 'refused'>;
  /** A second. */
  rate: number;
  wait: WaitOptions | null;
  stderr: NodeJS.WriteStream;
  /** Called after each product, before the next. */
  onRequested?: ((productId: string, report: ResyncReport) => Promise<void>) | undefined;
};

type WaitOptions = {
  /** Where messages end up. */
  stores: { catalog: ProductCatalog; archive: DeadLetterArchive };
  /** For each, counted from its request. */
  timeoutMs: number;
};

/**
 * Makes OrderCloud send the messages of products, with a progress bar, and waits for them if asked to. `failure` is what
 * ended it early, besides Ctrl-C.
 */
export async function runSyncs(
  api: OrderCloudApi,
  options: RunOptions,
): Promise<{ report: ResyncReport; failure: unknown }> {
  const { ids, total, former = { requested: 0, refused: [] }, rate, wait, stderr, onRequested } = options;
  const stop = new AbortController();
  let failure: unknown = null;
  const fail = (error: unknown) => {
    if (!api.signal.aborted) failure ??= error;
    stop.abort();
  };
  const watch = wait ? watchArrivals(wait, api.signal, fail) : null;
  const { requested, refused } = structuredClone(former);
  const report: ResyncReport = { requested, refused, arrivals: watch?.arrivals ?? null, notAsked: 0 };
  const doneIn = () => report.requested + report.refused.length;
  const whole = { label: 'Asking OrderCloud', total: doneIn() + total, done: doneIn() };
  const progress = startProgress({ ...whole, stream: stderr });
  const signal = AbortSignal.any([api.signal, stop.signal]);
  try {
    for await (const each of requestSyncs(api, ids, { rate, signal, onRequest: watch?.readBefore })) {
      const { productId, refusal } = each;
      if (refusal === null) report.requested += 1;
      else report.refused.push({ productId, ...refusal });
      await onRequested?.(productId, report);
      if (refusal === null) watch?.expect(each);
      progress.advance(report.refused.length > 0 ? `${report.refused.length} refused` : '');
    }
  } catch (error) {
    fail(error);
  }
  progress.stop();
  await watch?.settled(stderr);
  if (failure !== null || api.signal.aborted) report.notAsked = Math.max(0, whole.total - doneIn());
  return { report, failure };
}

/** What became of the message that was asked for. */
export type Arrival = { productId: string } & (
  | { kind: 'arrived'; tookMs: number }
  | { kind: 'dead-letter'; reason: string; deadLetterId: string }
  | { kind: 'not yet' }
);

/** What was stored before a request: it tells the new message from older ones. */
type Before = {
  mark: CatalogMark | null;
  /** When each dead letter was last received, by ID: the same webhook body becomes the same dead letter again. */
  deadLetters: ReadonlyMap<string, string>;
};

/** Watches for each message from the moment of its request, to measure how long it took. */
function watchArrivals(options: WaitOptions, signal: AbortSignal, onFailure: (error: unknown) => void) {
  const before = new Map<string, Before>();
  const arrivals: Arrival[] = [];
  const waiting: Promise<void>[] = [];
  let progress: Progress | undefined;
  const atATime = pLimit(CHECKS_AT_A_TIME);
  const watch = async (requested: Requested) => {
    const watched = { ...requested, before: before.get(requested.productId) ?? null };
    for (let round = 0; ; round += 1) {
      const check = atATime(() => arrivalOf(watched, options, round % ROUNDS_TO_DEAD_LETTERS === 0));
      const arrival = await untilAborted(check, signal);
      if (arrival !== null) {
        arrivals.push(arrival);
        progress?.advance();
        return;
      }
      await sleep(CHECK_EVERY_MS, signal);
    }
  };
  return {
    arrivals,
    readBefore: async (productId: string) =>
      void before.set(productId, await untilAborted(storedBefore(productId, options), signal)),
    expect: (requested: Requested) => void waiting.push(watch(requested).catch(onFailure)),
    async settled(stderr: NodeJS.WriteStream): Promise<void> {
      const [total, done] = [waiting.length, arrivals.length];
      if (done < total && !signal.aborted) {
        progress = startProgress({ label: 'Waiting for messages', total, done, stream: stderr });
      }
      await Promise.all(waiting);
      progress?.stop();
    },
  };
}

async function storedBefore(productId: string, { stores }: WaitOptions): Promise<Before> {
  const deadLetters = new Map<string, string>();
  for await (const { id, receivedAt } of stores.archive.list({ productId })) deadLetters.set(id, receivedAt);
  return { mark: (await stores.catalog.read(productId))?.sync ?? null, deadLetters };
}

type Watched = Pick<Requested, 'productId' | 'requestedAt'> & { before: Before | null };

const CHECK_EVERY_MS = 500;

const CHECKS_AT_A_TIME = 8;

/** A query of the whole container costs more than a read. */
const ROUNDS_TO_DEAD_LETTERS = 4;

/** What has become of a product's message; null if nothing yet, and there is time left. */
async function arrivalOf(
  watched: Watched,
  { stores, timeoutMs }: WaitOptions,
  mayBeDeadLetter: boolean,
): Promise<Arrival | null> {
  const { productId, requestedAt } = watched;
  const item = await stores.catalog.read(productId);
  if (item?.sync && isNewMark(item.sync, watched)) {
    return { productId, kind: 'arrived', tookMs: Date.now() - requestedAt };
  }
  const isLate = Date.now() - requestedAt >= timeoutMs;
  const kept = isLate || mayBeDeadLetter ? await deadLetterOf(stores.archive, watched) : null;
  return kept ?? (isLate ? { productId, kind: 'not yet' } : null);
}

/** The clocks of this machine, the app and the broker differ by less. */
const CLOCKS_WITHIN_MS = 60_000;

/** A new message leaves another mark than before, and not one from before the request. */
function isNewMark(mark: CatalogMark, { before, requestedAt }: Watched): boolean {
  const isOther = !isDeepStrictEqual(mark, before?.mark);
  return isOther && Date.parse(mark.time) >= requestedAt - CLOCKS_WITHIN_MS;
}

async function deadLetterOf(
  archive: DeadLetterArchive,
  { productId, before }: Watched,
): Promise<Arrival | null> {
  for await (const { id, reason, receivedAt } of archive.list({ productId })) {
    if (before?.deadLetters.get(id) === receivedAt) continue;
    return { productId, kind: 'dead-letter', reason, deadLetterId: id };
  }
  return null;
}
