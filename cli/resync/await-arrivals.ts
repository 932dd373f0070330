import pMap from 'p-map';
import type { DeadLetterArchive } from '../../src/store/dead-letter-archive.ts';
import type { CatalogMark } from '../../src/store/product-catalog.ts';
import { sleep as realSleep, type Sleep } from '../support/sleep.ts';
import type { Requested, Stores } from './request-sync.ts';

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

const LOOK_EVERY_MS = 500;

const LOOKS_AT_A_TIME = 8;

/** A query of the whole container costs more than a read. */
const ROUNDS_TO_DEAD_LETTERS = 4;

/** This machine's clock, the app's and the broker's differ by less. */
const CLOCKS_WITHIN_MS = 60_000;

/**
 * Waits for the messages that were asked for: until each is stored, became a dead letter, or time is up. What arrives
 * is known by its mark: another one than before, and not from before the request. `requested` may
 * still be growing while this runs, until `isComplete`.
 */
export async function awaitArrivals(
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
  const look = async (one: Requested) => {
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
    await pMap(pending, look, { concurrency: LOOKS_AT_A_TIME });
    round += 1;
    await sleep(LOOK_EVERY_MS, signal);
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
