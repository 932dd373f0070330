import type { Span } from '@opentelemetry/api';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Log } from '../log.ts';
import type { Delivery } from '../message/delivery.ts';
import { isAlmostProductType } from '../message/message-type.ts';
import { shortened } from '../printable.ts';
import { type Rejection, toDeadLetter } from '../store/dead-letter.ts';
import type { DeadLetterStore } from '../store/dead-letter-store.ts';
import type { ProductStore } from '../store/product-store.ts';
import { StoreRefusedError, StoreUnavailableError } from '../store/store-errors.ts';
import { ignoredTypes } from '../telemetry/ignored-types.ts';
import { countMessages } from '../telemetry/metrics.ts';
import { tracedDeadLetter, tracedWrite } from '../telemetry/spans.ts';
import type { Change } from './change.ts';
import type { WriteOutcome } from './decide.ts';
import { newestOf } from './newest.ts';
import { prepare } from './prepare.ts';
import { type Budget, type RetryPolicy, startBudget, withRetries } from './retry.ts';
import { writeChange } from './write-change.ts';
import type { WriteMemory } from './write-memory.ts';

/** What became of one delivery, once that is durable. */
export type Settled =
  | { outcome: WriteOutcome | 'superseded'; productId: string }
  | { outcome: 'ignored'; productId: null; messageType: string | null }
  | { outcome: 'dead-lettered'; productId: string | null; deadLetterId: string; rejection: Rejection };

/** The parts that the core works with. */
export type SyncParts = {
  products: ProductStore;
  deadLetters: DeadLetterStore;
  /** The process's, where batches of a broker follow one another. */
  memory?: WriteMemory;
  log: Log;
  /** What the work is a part of. */
  span?: Span | undefined;
  settings: {
    marketplaceId: string | null;
    tombstoneRetentionDays: number;
    deadLetterRetentionDays: number;
    writeConcurrency: number;
  };
};

/** Something transient is left over after the time budget: the deliveries without an outcome must come again. */
export class BatchIncompleteError extends Error {
  override readonly name = 'BatchIncompleteError';
  /** In the order of the deliveries; undefined where there is no outcome yet. */
  readonly settled: readonly (Settled | undefined)[];

  constructor(settled: readonly (Settled | undefined)[], cause: unknown) {
    const left = settled.filter((outcome) => outcome === undefined).length;
    // Only our own errors are known to quote nothing of a message.
    const why = cause instanceof StoreUnavailableError ? cause.message : 'an unforeseen error';
    super(`${left} of ${settled.length} messages could not be settled yet: ${why}`, { cause });
    this.settled = settled;
  }
}

/** A delivery on its way to an outcome. */
type Entry = { delivery: Delivery; settle: (settled: Settled) => void };
type ChangeEntry = Entry & { change: Change };
/** One batch under way. Reads are cheap and may run ahead of writes, of which `writeConcurrency` run side by side. */
type Run = { parts: SyncParts; budget: Budget; writing: LimitFunction };

const READS_FOR_EACH_WRITE = 4;

/**
 * The core: takes deliveries to outcomes, in the order given (contract sections 4 and 5). Permanent failures become
 * dead letters; of each product only the newest message is written; products are written side by side. Transient
 * failures are tried again within the budget of `policy`.
 *
 * @throws BatchIncompleteError when something is left over. Everything else was settled all the same.
 */
export async function syncBatch(
  parts: SyncParts,
  deliveries: readonly Delivery[],
  policy: RetryPolicy,
): Promise<Settled[]> {
  const settled: (Settled | undefined)[] = deliveries.map(() => undefined);
  const { writeConcurrency } = parts.settings;
  const changesByProduct = new Map<string, ChangeEntry[]>();
  const tasks: ((run: Run) => Promise<void>)[] = [];

  for (const [index, delivery] of deliveries.entries()) {
    const settle = (outcome: Settled) => {
      settled[index] = outcome;
      logOutcome(parts.log, delivery, outcome);
    };
    const prepared = prepare(delivery, parts.settings.marketplaceId);
    if (prepared.kind === 'ignored') {
      settle({ outcome: 'ignored', productId: null, messageType: prepared.messageType });
    } else if (prepared.kind === 'rejected') {
      tasks.push((run) => keepDeadLetter(run, { delivery, settle }, prepared.rejection, parts.span));
    } else {
      const entry = { delivery, settle, change: prepared.change };
      const known = changesByProduct.get(entry.change.productId);
      if (known === undefined) changesByProduct.set(entry.change.productId, [entry]);
      else known.push(entry);
    }
  }
  for (const entries of changesByProduct.values())
    tasks.push((run) => tracedWrite(entries, parts.span, (span) => writeNewest(run, entries, span)));

  // Not before all is decoded: a batch that takes longer for that than the budget would never reach the store.
  const run: Run = { parts, budget: startBudget(policy), writing: pLimit(writeConcurrency) };
  const failures: unknown[] = [];
  const reading = pLimit(writeConcurrency * READS_FOR_EACH_WRITE);
  const runTask = (task: (run: Run) => Promise<void>) =>
    task(run).catch((error: unknown) => failures.push(error));
  await Promise.all(tasks.map((task) => reading(runTask, task)));
  countSettled(deliveries, settled);
  if (failures.length > 0) throw new BatchIncompleteError(settled, failures[0]);
  return settled as Settled[];
}

/** Writes the newest of one product's messages; if the store refuses it for good, the next newest. */
async function writeNewest(
  run: Run,
  entries: readonly ChangeEntry[],
  span: Span,
): Promise<Settled['outcome']> {
  let remaining = entries;
  while (remaining.length > 0) {
    const { newest, change } = newestOf(remaining);
    try {
      const outcome = await withRetries(run.budget, isRefusal, () => write(run, change, span));
      for (const entry of remaining) {
        entry.settle({ outcome: entry === newest ? outcome : 'superseded', productId: change.productId });
      }
      return outcome;
    } catch (error) {
      if (!(error instanceof StoreRefusedError)) throw error;
      await keepDeadLetter(run, newest, refusalOf(change, error), span);
      remaining = remaining.filter((entry) => entry !== newest);
    }
  }
  return 'dead-lettered';
}

function write({ parts, budget, writing }: Run, change: Change, span: Span): Promise<WriteOutcome> {
  return writeChange(parts.products, change, {
    tombstoneRetentionDays: parts.settings.tombstoneRetentionDays,
    signal: budget.signal,
    span,
    writing,
    memory: parts.memory,
    onForeignItem: (productId) =>
      parts.log('warn', 'an item whose sync cannot be read is replaced', { productId }),
  });
}

async function keepDeadLetter(
  run: Run,
  { delivery, settle }: Entry,
  rejection: Rejection,
  parent: Span | undefined,
): Promise<void> {
  const { deadLetters, settings } = run.parts;
  const deadLetter = toDeadLetter(delivery, rejection, settings.deadLetterRetentionDays);
  await tracedDeadLetter({ delivery, reason: rejection.reason }, parent, (span) =>
    withRetries(
      run.budget,
      () => false,
      () => run.writing(() => deadLetters.keep(deadLetter, { signal: run.budget.signal, span })),
    ),
  );
  settle({
    outcome: 'dead-lettered',
    productId: rejection.productId,
    deadLetterId: deadLetter.id,
    rejection,
  });
}

function isRefusal(error: unknown): boolean {
  return error instanceof StoreRefusedError;
}

function refusalOf(change: Change, error: StoreRefusedError): Rejection {
  return {
    reason: 'store-refused',
    detail: error.message,
    issues: [],
    messageType: change.sync.messageType,
    productId: change.productId,
  };
}

/** What is left over comes again, and is counted then. */
function countSettled(deliveries: readonly Delivery[], settled: readonly (Settled | undefined)[]): void {
  countMessages(
    settled.flatMap((item, index) => {
      const { transport } = deliveries[index] as Delivery;
      if (item === undefined) return [];
      const { outcome } = item;
      if (outcome === 'ignored') ignoredTypes.count(item.messageType);
      return outcome === 'dead-lettered'
        ? { transport, outcome, reason: item.rejection.reason }
        : { transport, outcome };
    }),
  );
}

const MAX_SHOWN_TYPE = 100;
const MISTYPED = 'nearly a product type: its sender has to send it exactly';

function logOutcome(log: Log, { stream, sequence }: Delivery, settled: Settled): void {
  const { outcome, productId } = settled;
  const fields = { productId, stream, sequence, outcome };
  if (settled.outcome === 'dead-lettered') {
    const { deadLetterId, rejection } = settled;
    log('warn', 'message', { ...fields, reason: rejection.reason, deadLetterId });
  } else if (settled.outcome === 'ignored') {
    const messageType = settled.messageType && shortened(settled.messageType, MAX_SHOWN_TYPE);
    const isMistyped = settled.messageType !== null && isAlmostProductType(settled.messageType);
    if (isMistyped) log('warn', 'message', { ...fields, messageType, problem: MISTYPED });
    else log('debug', 'message', { ...fields, messageType });
  } else {
    log('debug', 'message', fields);
  }
}
