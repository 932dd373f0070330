import { printable } from '../../src/printable.ts';
import { writeTombstone } from '../../src/sync/write-tombstone.ts';
import type { Account } from '../dead-letters/account.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { getProduct } from '../ordercloud/find-by-id.ts';
import { type ResyncReport, resyncReport } from '../resync/report.ts';
import { requireProductSync } from '../resync/request-sync.ts';
import { runSyncs } from '../resync/run-syncs.ts';
import type { Answer } from '../support/confirm.ts';
import { countOf } from '../support/count-of.ts';
import { sleep } from '../support/sleep.ts';
import type { Surroundings } from '../support/surroundings.ts';
import { untilInterrupted } from '../support/until-interrupted.ts';
import { deletionRefusal, toDelete } from './deletion-limit.ts';
import type { VerifyReport } from './report.ts';

/** What became of a product that OrderCloud did not have. */
export type Tombstoned = { productId: string; result: 'deleted' | 'exists again' | 'changed meanwhile' };

/** What was mended; null for what was not to be. */
export type Repair = {
  resync: ResyncReport | null;
  tombstones: Tombstoned[] | null;
  /** By Ctrl-C at a question. */
  isInterrupted: boolean;
  failure: unknown;
};

type RepairOptions = {
  api: OrderCloudApi;
  account: Account;
  rate: number;
  /** More products than this are asked about before they are resynced. */
  limit: number;
  /** No more than this are marked as deleted; by default, a small share of what is stored. */
  maxDeletions: number | undefined;
  yes: boolean;
  signal: AbortSignal;
  at: Surroundings;
};

/** How long a resynced product may take to arrive. */
const TIMEOUT_MS = 60_000;

const RETRY = { budgetMs: 15_000, firstDelayMs: 100, maxDelayMs: 2_000 };

const MAX_NAMED = 10;

const CLOCK_STEP_MS = 1_000;

/** Has missing and differing products sent again, and marks as deleted what OrderCloud no longer has, after asking. */
export async function repair(report: VerifyReport, options: RepairOptions): Promise<Repair> {
  const done: Repair = { resync: null, tombstones: null, isInterrupted: false, failure: null };
  const agreed = (answer: Answer) => {
    done.isInterrupted ||= answer === 'interrupted';
    return answer === 'yes';
  };
  const isStopped = () => options.signal.aborted || done.isInterrupted;
  const idsOf = (...kinds: string[]) =>
    report.differences.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
  const toResync = idsOf('missing', 'differing');
  const excess = toDelete(report);
  try {
    if (toResync.length > 0 && agreed(await mayResync(toResync.length, options))) {
      await requireProductSync(options.api, options.signal);
      done.resync = await resync(toResync, options, done);
    }
    if (excess.length > 0 && !isStopped() && agreed(await mayDelete(excess, report, options))) {
      done.tombstones = [];
      for (const id of excess) done.tombstones.push(await tombstone(id, options));
    }
  } catch (error) {
    if (!options.signal.aborted) done.failure ??= error;
  }
  return done;
}

/** Whether everything that was found is mended. */
export function isMended(report: VerifyReport, { resync, tombstones, failure }: Repair): boolean {
  const arrived = resync?.arrivals?.filter(({ kind }) => kind === 'arrived').length ?? 0;
  const deleted = tombstones?.filter(({ result }) => result === 'deleted').length ?? 0;
  return failure === null && arrived + deleted === report.differences.length;
}

async function mayResync(count: number, { limit, yes, at }: RepairOptions): Promise<Answer> {
  if (yes || count <= limit) return 'yes';
  const question = `Have OrderCloud send ${countOf(count, 'product')}? It means this for single products; --limit is ${limit}.`;
  return (await at.ask?.(question)) ?? 'no';
}

async function mayDelete(
  ids: readonly string[],
  report: VerifyReport,
  { maxDeletions, yes, at, account }: RepairOptions,
): Promise<Answer> {
  const note = (line: string) => void at.stderr.write(`${line}\n`);
  const refusal = deletionRefusal(report, maxDeletions);
  if (refusal !== null) {
    note(refusal);
    return 'no';
  }
  if (yes) return 'yes';
  const more = ids.length > MAX_NAMED ? ` … and ${ids.length - MAX_NAMED} more` : '';
  note(`Not in OrderCloud: ${printable(ids.slice(0, MAX_NAMED).join(', '), 800)}${more}`);
  const question = `Mark ${countOf(ids.length, 'product')} as deleted at ${account.address}?`;
  return (await at.ask?.(question)) ?? 'no';
}

async function resync(ids: readonly string[], options: RepairOptions, done: Repair): Promise<ResyncReport> {
  const { api, account, rate, signal, at } = options;
  const { requested, arrivals, failure } = await runSyncs(api, {
    ids,
    total: ids.length,
    rate,
    wait: { stores: account, timeoutMs: TIMEOUT_MS },
    signal,
    stderr: at.stderr,
  });
  done.failure = failure;
  return resyncReport(requested, arrivals, ids.length - requested.length);
}

/**
 * Only on OrderCloud's word of this moment; a message with a later time wins over it, whenever it arrives. OrderCloud's
 * clock is told in whole seconds: a product that was stored within the last one is tried a second time.
 */
async function tombstone(
  productId: string,
  { api, account: { products, settings }, signal }: RepairOptions,
): Promise<Tombstoned> {
  const { tombstoneRetentionDays } = settings;
  for (let tries = 1; tries <= 2; tries += 1) {
    const found = await getProduct(api, productId, { signal });
    if (found.item !== null || found.confirmedAt === null) return { productId, result: 'exists again' };
    const absence = { productId, confirmedAt: found.confirmedAt };
    const writing = writeTombstone(products, absence, { tombstoneRetentionDays, policy: RETRY });
    const outcome = await untilInterrupted(writing, signal);
    if (outcome === 'deleted') return { productId, result: 'deleted' };
    await sleep(CLOCK_STEP_MS, signal);
  }
  return { productId, result: 'changed meanwhile' };
}
