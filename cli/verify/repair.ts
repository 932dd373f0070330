import { writeTombstone } from '../../src/operate/write-tombstone.ts';
import { printable } from '../../src/printable.ts';
import { untilAborted } from '../../src/until-aborted.ts';
import { RETRY } from '../common/account.ts';
import { isAgreed } from '../common/context.ts';
import { countOf } from '../common/text.ts';
import { sleep } from '../common/wait.ts';
import { PRODUCTS, readOne } from '../ordercloud/catalog.ts';
import { UNASKED_LIMIT } from '../resync/choose.ts';
import { requireSending } from '../resync/request-syncs.ts';
import { runSyncs } from '../resync/run-syncs.ts';
import type { VerifyFlags, VerifyRun } from './compare.ts';
import type { Repair, Tombstoned, VerifyReport } from './text.ts';

/** How long a resynced product may take to arrive. */
const TIMEOUT_MS = 60_000;

const MAX_NAMED = 10;

const CLOCK_STEP_MS = 1_000;

/** Makes OrderCloud send missing and differing products, and marks those as deleted that it no longer has, after asking. */
export async function repair(report: VerifyReport, run: VerifyRun): Promise<Repair> {
  const { api, account, flags, context } = run;
  const done: Repair = { resync: null, tombstones: null, failure: null };
  const mayGoOn = async (question: string | null) =>
    flags.yes || question === null || isAgreed(context, question, 'Nothing more was changed.');
  const ids = report.differences.flatMap(({ id, kind }) =>
    kind === 'missing' || kind === 'differing' ? [id] : [],
  );
  const extra = extraIn(report);
  try {
    if (ids.length > 0 && (await mayGoOn(resyncQuestion(ids.length)))) {
      await requireSending(api);
      const wait = { stores: account, timeoutMs: TIMEOUT_MS };
      const { rate } = flags;
      const synced = await runSyncs(api, { ids, total: ids.length, rate, wait, stderr: context.stderr });
      done.resync = synced.report;
      done.failure = synced.failure;
    }
    if (extra.length === 0 || api.signal.aborted) return done;
    const refusal = deletionRefusal(report, flags);
    if (refusal !== null) context.stderr.write(`${refusal}\n`);
    else if (await mayGoOn(deletionQuestion(extra, run))) {
      done.tombstones = [];
      for (const id of extra) done.tombstones.push(await tombstone(id, run));
    }
  } catch (error) {
    if (!api.signal.aborted) done.failure ??= error;
  }
  return done;
}

/** Whether everything that was found is repaired. */
export function isRepaired(report: VerifyReport, { resync, tombstones, failure }: Repair): boolean {
  const arrived = resync?.arrivals?.filter(({ kind }) => kind === 'arrived').length ?? 0;
  const deleted = tombstones?.filter(({ result }) => result === 'deleted').length ?? 0;
  return failure === null && arrived + deleted === report.differences.length;
}

function resyncQuestion(count: number): string | null {
  if (count <= UNASKED_LIMIT) return null;
  return `Have OrderCloud send ${countOf(count, 'product')}? It means this for single products.`;
}

function deletionQuestion(ids: readonly string[], { flags, account, context }: VerifyRun): string {
  const more = ids.length > MAX_NAMED ? ` … and ${ids.length - MAX_NAMED} more` : '';
  const named = printable(ids.slice(0, MAX_NAMED).join(', '), 800);
  if (!flags.yes) context.stderr.write(`Not in OrderCloud: ${named}${more}\n`);
  return `Mark ${countOf(ids.length, 'product')} as deleted at ${account.address}?`;
}

/**
 * Asks OrderCloud once more, just before. A message with a later time wins over the mark, whenever it arrives. OrderCloud
 * tells its time in whole seconds, so a product that was stored within the last second is tried again.
 */
async function tombstone(
  productId: string,
  { api, account: { products, settings } }: VerifyRun,
): Promise<Tombstoned> {
  for (let tries = 1; tries <= 2; tries += 1) {
    const found = await readOne(api, PRODUCTS, productId);
    if (found.item !== null || found.confirmedAt === null) return { productId, result: 'exists again' };
    const writing = writeTombstone({ products, settings, policy: RETRY }, productId, found.confirmedAt);
    const outcome = await untilAborted(writing, api.signal);
    if (outcome === 'deleted') return { productId, result: 'deleted' };
    await sleep(CLOCK_STEP_MS, api.signal);
  }
  return { productId, result: 'changed meanwhile' };
}

/** Allowed whatever their share, so that a small catalog can be repaired, too. */
const ALWAYS_ALLOWED = 10;

const LARGEST_SHARE = 0.1;

/** The products that a repair marks as deleted: not in OrderCloud, not even under another spelling. */
function extraIn({ differences }: Pick<VerifyReport, 'differences'>): string[] {
  return differences.flatMap((each) => (each.kind === 'extra' && each.knownAs === null ? [each.id] : []));
}

/**
 * Why no product may be marked as deleted; null if they may. An API client of another marketplace gets a 404 for every
 * stored product.
 */
export function deletionRefusal(report: VerifyReport, { maxDeletions }: VerifyFlags): string | null {
  const count = extraIn(report).length;
  if (count === 0) return null;
  if (report.listed === 0) {
    return 'OrderCloud lists no product at all, so nothing is marked as deleted: check the API client.';
  }
  const limit = maxDeletions ?? Math.max(ALWAYS_ALLOWED, Math.floor(report.stored * LARGEST_SHARE));
  if (count <= limit) return null;
  return `${countOf(count, 'product')} of ${report.stored.toLocaleString('en-US')} compared here ${count === 1 ? 'is' : 'are'} not in OrderCloud; at most ${limit.toLocaleString('en-US')} may be marked as deleted, so none is. Check that the API client is of the marketplace of this container. If they are to go: --max-deletions ${count}`;
}
