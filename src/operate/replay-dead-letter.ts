import pMap from 'p-map';
import type { Delivery } from '../message/delivery.ts';
import { PRODUCT_DELETED } from '../message/message-type.ts';
import { bodyOf, type DeadLetter, type DeadLetterStore, type Rejection } from '../store/dead-letter.ts';
import { startBudget, withRetries } from '../sync/retry.ts';
import type { Settled } from '../sync/settled.ts';
import { type SyncParts, syncBatch } from '../sync/sync-batch.ts';
import type { DeadLetterArchive, KeptDeadLetter } from './dead-letter-archive.ts';

/** Why a dead letter is not even tried. */
export type ReplayRefusal = 'truncated' | 'marketplace-unknown' | 'older-than-tombstones';

/**
 * What became of a replayed dead letter. `isNoted` says whether the container shows it: a processed one is removed, and a
 * rejected one has its attempt counted. If not, another replay finds the same and harms nothing.
 */
export type Replayed =
  | { kind: 'processed'; outcome: Exclude<Settled['outcome'], 'dead-lettered'>; isNoted: boolean }
  | { kind: 'rejected'; rejection: Rejection; isNoted: boolean }
  | { kind: 'refused'; reason: ReplayRefusal }
  /** Something transient stood in the way; nothing has changed. */
  | { kind: 'unsettled'; problem: string };

/** The core keeps no dead letters here: these are kept already, and one that somebody deletes meanwhile stays deleted. */
export type ReplayParts = Omit<SyncParts, 'deadLetters'> & {
  archive: DeadLetterArchive;
  /** Replays also what is older than tombstones are kept: a product deleted since may come back. */
  allowOld?: boolean;
};

const NOTHING_NEW: DeadLetterStore = { keep: async () => {} };

const MS_PER_DAY = 86_400_000;

/**
 * Sends dead letters through the core again, under the positions they came with: what is older than the stored
 * product stays without effect, in whatever order they are replayed. In the order given, which is that of arrival for
 * webhooks of one millisecond. A crash anywhere is harmless: until a dead letter is removed it can be replayed again.
 */
export async function replayDeadLetters(
  parts: ReplayParts,
  kept: readonly KeptDeadLetter[],
): Promise<Replayed[]> {
  const deliveries = kept.map(({ deadLetter }) => toDelivery(deadLetter, parts));
  const sent = deliveries.filter((delivery) => typeof delivery !== 'string');
  const { settled, problem } = await syncBatch({ ...parts, deadLetters: NOTHING_NEW }, sent);
  const outcomes = new Map(sent.map((delivery, index) => [delivery, settled[index]]));

  const conclude = async (one: KeptDeadLetter, index: number): Promise<Replayed> => {
    const delivery = deliveries[index] as (typeof deliveries)[number];
    if (typeof delivery === 'string') return { kind: 'refused', reason: delivery };
    const outcome = outcomes.get(delivery);
    if (outcome === undefined) return { kind: 'unsettled', problem: problem ?? '' };
    return note(one, outcome, parts);
  };
  return pMap(kept, conclude, { concurrency: parts.settings.writeConcurrency });
}

/** The delivery that was dead-lettered, or why it cannot be had again. */
function toDelivery(
  deadLetter: DeadLetter,
  { settings: { marketplaceId, tombstoneRetentionDays }, allowOld = false }: ReplayParts,
): Delivery | ReplayRefusal {
  if (deadLetter.truncated) return 'truncated';
  // The app that wrote it knew its marketplace: without that, a stranger's products would be let in.
  if (deadLetter.reason === 'wrong-marketplace' && marketplaceId === null) return 'marketplace-unknown';

  const { transport, stream, sequence, time, receivedAt, messageType } = deadLetter;
  // A deletion is marked for so long; a product deleted since an older message could be brought back by it.
  const isOld = Date.parse(time) < Date.now() - tombstoneRetentionDays * MS_PER_DAY;
  const isProtected = tombstoneRetentionDays > 0 && messageType !== PRODUCT_DELETED;
  if (isOld && isProtected && !allowOld) return 'older-than-tombstones';

  // On HTTP nothing but the body names the type; a broker's property is kept as `messageType`.
  const properties = transport === 'http' || messageType === null ? {} : { type: messageType };
  return { transport, stream, sequence, time, receivedAt, body: bodyOf(deadLetter), properties };
}

async function note(
  kept: KeptDeadLetter,
  settled: Settled,
  { archive, policy }: ReplayParts,
): Promise<Replayed> {
  // The message's own outcome is durable by now: failing to note it must not look like a failure of the message.
  const isDone = (write: () => Promise<boolean>) =>
    withRetries(startBudget(policy), write).catch(() => false);
  if (settled.outcome === 'dead-lettered') {
    const { rejection } = settled;
    const isNoted = await isDone(() => archive.recordAttempt(kept, rejection));
    return { kind: 'rejected', rejection, isNoted };
  }
  const isNoted = await isDone(() => archive.remove(kept.deadLetter.id, kept.etag));
  return { kind: 'processed', outcome: settled.outcome, isNoted };
}
