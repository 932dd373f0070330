import type { Span } from '@opentelemetry/api';
import pLimit, { type LimitFunction } from 'p-limit';
import pMap from 'p-map';
import { groupBy } from '../group-by.ts';
import type { Log } from '../log.ts';
import type { Delivery } from '../message/delivery.ts';
import { type DeadLetterStore, type Rejection, toDeadLetter } from '../store/dead-letter.ts';
import type { ProductStore } from '../store/product-store.ts';
import { StoreRefusedError, StoreUnavailableError } from '../store/store-errors.ts';
import { tracedDeadLetter, tracedWrite } from '../telemetry/spans.ts';
import type { Change } from './change.ts';
import { newestOf } from './newest.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type Budget, type RetryPolicy, startBudget, withRetries } from './retry.ts';
import { noteSettled, type Settled } from './settled.ts';
import { writeChange } from './write-change.ts';
import type { WriteMemory } from './write-memory.ts';

/** The parts that the core works with. */
export type SyncParts = {
  products: ProductStore;
  deadLetters: DeadLetterStore;
  /** Of this process; only for brokers, whose batches follow one another. */
  memory?: WriteMemory;
  log: Log;
  /** The parent of the batch's spans. */
  span?: Span | undefined;
  policy: RetryPolicy;
  settings: {
    marketplaceId: string | null;
    tombstoneRetentionDays: number;
    deadLetterRetentionDays: number;
    writeConcurrency: number;
  };
};

/** Outcomes in the order of the deliveries. Where one is missing, `problem` says why: that delivery must come again. */
export type BatchResult =
  | { settled: readonly Settled[]; problem: null }
  | { settled: readonly (Settled | undefined)[]; problem: string };

/**
 * The core: decodes all deliveries, then settles them (contract sections 4 and 5). Permanent failures become dead letters.
 * Of each product it writes only the newest message, several products side by side. It tries transient failures again
 * within the time budget; a message that still fails has no outcome.
 */
export async function syncBatch(parts: SyncParts, deliveries: readonly Delivery[]): Promise<BatchResult> {
  const messages = deliveries.map((delivery) => decode(delivery, parts));
  const failures = await settleAll(messages, parts);
  for (const { delivery, settled } of messages) if (settled) noteSettled(parts.log, delivery, settled);
  const settled = messages.map((message) => message.settled);
  if (settled.every((outcome) => outcome !== undefined)) return { settled, problem: null };
  return { settled, problem: problemOf(settled, failures[0]) };
}

/** A decoded delivery, on its way to an outcome. */
type Message = Prepared & { delivery: Delivery; settled?: Settled };
type ChangeMessage = Extract<Message, { kind: 'change' }>;

function decode(delivery: Delivery, { settings }: SyncParts): Message {
  const prepared = prepare(delivery, settings.marketplaceId);
  if (prepared.kind !== 'ignored') return { ...prepared, delivery };
  const { messageType } = prepared;
  return { ...prepared, delivery, settled: { outcome: 'ignored', productId: null, messageType } };
}

/** Reads are cheap and may run ahead of writes, of which `writeConcurrency` run side by side. */
const READS_FOR_EACH_WRITE = 4;

/** A batch on its way to the store. */
type Run = SyncParts & Budget & { writing: LimitFunction };

/** Sets the outcomes of the messages, and returns the errors of those that have none afterwards. */
async function settleAll(messages: readonly Message[], parts: SyncParts): Promise<unknown[]> {
  const { writeConcurrency } = parts.settings;
  // The budget starts here: a batch that takes longer than that to decode would never reach the store.
  const run: Run = { ...parts, ...startBudget(parts.policy), writing: pLimit(writeConcurrency) };
  const rejected = messages.filter((message) => message.kind === 'rejected');
  const changes = messages.filter((message) => message.kind === 'change');
  const tasks = [
    ...rejected.map((message) => () => keepDeadLetter(run, message, message.rejection)),
    ...[...groupBy(changes, ({ change }) => change.productId).values()].map(
      (ofProduct) => () =>
        tracedWrite(ofProduct, run.span, (span) => writeNewest({ ...run, span }, ofProduct)),
    ),
  ];
  const failures: unknown[] = [];
  const settle = (task: () => Promise<void>) =>
    task().catch((error: unknown) => {
      failures.push(error);
    });
  await pMap(tasks, settle, { concurrency: writeConcurrency * READS_FOR_EACH_WRITE });
  return failures;
}

/** Writes the newest of one product's messages; if the store refuses it for good, the next newest. */
async function writeNewest(run: Run, messages: readonly ChangeMessage[]): Promise<Settled['outcome']> {
  let remaining = messages;
  while (remaining.length > 0) {
    const { newest, change } = newestOf(remaining);
    const { productId } = change;
    try {
      const outcome = await withRetries(run, () => writeChange(run, change));
      for (const message of remaining) {
        message.settled = { outcome: message === newest ? outcome : 'superseded', productId };
      }
      return outcome;
    } catch (error) {
      if (!(error instanceof StoreRefusedError)) throw error;
      await keepDeadLetter(run, newest, refusalOf(change, error));
      remaining = remaining.filter((message) => message !== newest);
    }
  }
  return 'dead-lettered';
}

async function keepDeadLetter(run: Run, message: Message, rejection: Rejection): Promise<void> {
  const { deadLetters, settings, signal, writing } = run;
  const { delivery } = message;
  const deadLetter = toDeadLetter(delivery, rejection, settings.deadLetterRetentionDays);
  const { reason, productId } = rejection;
  await tracedDeadLetter({ delivery, reason }, run.span, (span) =>
    withRetries(run, () => writing(() => deadLetters.keep(deadLetter, { signal, span }))),
  );
  message.settled = { outcome: 'dead-lettered', productId, deadLetterId: deadLetter.id, rejection };
}

function refusalOf({ productId, sync }: Change, { message }: StoreRefusedError): Rejection {
  const { messageType } = sync;
  return { reason: 'store-refused', detail: message, issues: [], messageType, productId };
}

function problemOf(settled: readonly (Settled | undefined)[], failure: unknown): string {
  const left = settled.filter((outcome) => outcome === undefined).length;
  // Only our own errors are known to quote nothing of a message.
  const why = failure instanceof StoreUnavailableError ? failure.message : 'an unforeseen error';
  return `${left} of ${settled.length} messages could not be settled yet: ${why}`;
}
