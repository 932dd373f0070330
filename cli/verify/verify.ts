import { type Account, withAccount } from '../dead-letters/account.ts';
import { accountOptions, type CommonFlags } from '../dead-letters/account-options.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { OrderCloudError } from '../ordercloud/ordercloud-error.ts';
import { requireSeller } from '../ordercloud/require-seller.ts';
import { type OrderCloudSurroundings, orderCloudOf } from '../ordercloud/surroundings.ts';
import { readProductSync } from '../ordercloud/sync-state.ts';
import { resyncText } from '../resync/report.ts';
import { misuse, writeJson } from '../support/surroundings.ts';
import { type Compared, type CompareFlags, compareSides, wayOn } from './compare-sides.ts';
import { deletionRefusal } from './deletion-limit.ts';
import { isMended, type Repair, repair } from './repair.ts';
import { verifyReport, verifyText } from './report.ts';

/** The command's options as commander gives them. */
export type VerifyFlags = CommonFlags &
  CompareFlags & {
    repair?: true;
    rate: number;
    limit: number;
    maxDeletions?: number;
    yes?: true;
  };

type Context = { flags: VerifyFlags; at: OrderCloudSurroundings; account: Account; api: OrderCloudApi };

/** `verify`: whether the container is as OrderCloud is. Resolves to the exit code. */
export async function verify(flags: VerifyFlags, at: OrderCloudSurroundings): Promise<number> {
  if (flags.repair && !flags.yes && at.ask === null) {
    throw misuse(
      '--repair asks before it marks products as deleted, and there is no terminal to ask at: pass --yes.',
    );
  }
  if (flags.yes && !flags.repair) throw misuse('--yes goes with --repair.');
  if (flags.sample !== undefined && (flags.restart || flags.progress !== undefined)) {
    throw misuse('--progress and --restart are not for --sample, which is short.');
  }
  const signal = at.interrupt();
  const api = await orderCloudOf(at);
  await requireSeller(api, { signal });
  return withAccount(accountOptions(at, flags, signal), async (account) => {
    const context = { flags, at, account, api };
    const sides = { api, catalog: account.catalog, signal, pricesExpected: await arePricesSent(api, signal) };
    const compared = await compareSides(sides, context).catch((error: unknown) => {
      at.stderr.write(`${signal.aborted ? 'Interrupted' : 'Stopped'}. ${wayOn(flags, at)}\n`);
      if (signal.aborted) return null;
      throw error;
    });
    if (compared === null) return 130;
    try {
      return await tell(compared, context, signal);
    } finally {
      compared.close();
    }
  });
}

/** Says what was found, and repairs it if that is asked. */
async function tell(
  { verdicts, finish, close: _, ...counts }: Compared,
  { flags, at, account, api }: Context,
  signal: AbortSignal,
): Promise<number> {
  const differs = verdicts.some(({ kind }) => kind !== 'same');
  const report = verifyReport(counts, verdicts, differs ? await deadLettersOf(account) : new Map());
  await finish();
  if (!flags.json) at.stdout.write(`${verifyText(report)}\n`);
  const { rate, limit, maxDeletions, yes = false } = flags;
  const mended =
    flags.repair && report.differences.length > 0
      ? await repair(report, { api, account, at, rate, limit, maxDeletions, yes, signal })
      : null;
  if (flags.json) {
    const { catalog = null, sample = null } = flags;
    const repaired = mended && { resync: mended.resync, tombstones: mended.tombstones };
    const sides = { orderCloud: api.baseUrl, account: account.address, catalog, sample };
    writeJson(at, { ...sides, ...report, repair: repaired });
  } else if (mended) at.stdout.write(`${repairText(mended)}\n`);
  else if (report.differences.length > 0) {
    const firstLoad = report.missing > limit ? '; as a first load: ordercloud-product-sync resync --all' : '';
    at.stdout.write(`To mend it: the same with --repair${firstLoad}\n`);
    const refusal = deletionRefusal(report, maxDeletions);
    if (refusal !== null) at.stdout.write(`With --repair: ${refusal}\n`);
  }
  if (mended?.failure) throw mended.failure;
  if (signal.aborted || mended?.isInterrupted) return 130;
  return report.differences.length === 0 || (mended && isMended(report, mended)) ? 0 : 1;
}

/** Whether messages carry prices; false where that cannot be read. */
async function arePricesSent(api: OrderCloudApi, signal: AbortSignal): Promise<boolean> {
  try {
    const config = await readProductSync(api, { signal });
    return config !== null && config.ExcludePriceSchedules !== true;
  } catch (error) {
    if (error instanceof OrderCloudError && error.status === 403) return false;
    throw error;
  }
}

/** The reason of each product's latest dead letter. */
async function deadLettersOf({ archive }: Account): Promise<Map<string, string>> {
  const reasons = new Map<string, string>();
  for await (const { productId, reason } of archive.list({})) {
    if (productId !== null && !reasons.has(productId)) reasons.set(productId, reason);
  }
  return reasons;
}

function repairText({ resync, tombstones }: Repair): string {
  const lines = ['Repair:'];
  lines.push(resync === null ? 'Nothing was resynced.' : resyncText(resync));
  if (tombstones === null) lines.push('Nothing was marked as deleted.');
  else {
    const deleted = tombstones.filter(({ result }) => result === 'deleted').length;
    lines.push(`Marked as deleted: ${deleted} of ${tombstones.length}.`);
    for (const { productId, result } of tombstones) {
      if (result !== 'deleted') lines.push(`  ${productId}: ${result}, left as it is`);
    }
  }
  return lines.join('\n');
}
