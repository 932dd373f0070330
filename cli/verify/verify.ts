import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Account, withAccount } from '../dead-letters/account.ts';
import { accountOptions, type CommonFlags } from '../dead-letters/account-options.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { OrderCloudError } from '../ordercloud/ordercloud-error.ts';
import { type OrderCloudSurroundings, orderCloudOf } from '../ordercloud/surroundings.ts';
import { readProductSync } from '../ordercloud/sync-state.ts';
import { countOf } from '../resync/choose-products.ts';
import { resyncText } from '../resync/report.ts';
import { openJournal } from '../support/journal.ts';
import { startProgress } from '../support/progress.ts';
import { sleep } from '../support/sleep.ts';
import { misuse, writeJson } from '../support/surroundings.ts';
import { checkAll, type Sides, type Verdict } from './check.ts';
import { isMended, type Repair, repair } from './repair.ts';
import { verifyReport, verifyText } from './report.ts';
import { sampleIds } from './sample.ts';
import { WalkedPage, walk } from './walk.ts';

/** The command's options as commander gives them. */
export type VerifyFlags = CommonFlags & {
  catalog?: string;
  sample?: number;
  /** Seconds before a difference is looked at again. */
  pause: number;
  repair?: true;
  rate: number;
  limit: number;
  yes?: true;
  progress?: string;
  restart?: true;
};

/** Of the caller's folder. */
export const VERIFY_PROGRESS_FILE = '.verify.progress';

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
  return withAccount(accountOptions(at, flags), async (account) => {
    const context = { flags, at, account, api };
    const sides = { api, catalog: account.catalog, signal, pricesExpected: await arePricesSent(api, signal) };
    try {
      return await compareAndTell(sides, context);
    } catch (error) {
      at.stderr.write(wayOn(signal.aborted ? 'Interrupted' : 'Stopped', flags, at));
      if (!signal.aborted) throw error;
      return 130;
    }
  });
}

async function compareAndTell(sides: Sides, context: Context): Promise<number> {
  const { flags, at, account, api } = context;
  const { compared, verdicts, finish } = await compare(sides, context);
  const differs = verdicts.some(({ kind }) => kind !== 'same');
  const report = verifyReport(compared, verdicts, differs ? await deadLettersOf(account) : new Map());
  await finish();
  if (!flags.json) at.stdout.write(`${verifyText(report)}\n`);
  const mended =
    flags.repair && report.differences.length > 0
      ? await repair(report, {
          ...{ api, account, at, rate: flags.rate, limit: flags.limit },
          ...{ yes: flags.yes === true, signal: sides.signal },
        })
      : null;
  const { catalog = null, sample = null } = flags;
  if (flags.json) {
    const repaired = mended && { resync: mended.resync, tombstones: mended.tombstones };
    writeJson(at, {
      orderCloud: api.baseUrl,
      account: account.address,
      catalog,
      sample,
      ...report,
      repair: repaired,
    });
  } else if (mended) at.stdout.write(`${repairText(mended)}\n`);
  else if (report.differences.length > 0) at.stdout.write('To mend it: the same with --repair\n');
  if (mended?.failure) throw mended.failure;
  if (sides.signal.aborted || mended?.isInterrupted) return 130;
  return report.differences.length === 0 || (mended && isMended(report, mended)) ? 0 : 1;
}

type Compared = { compared: number; verdicts: Verdict[]; finish: () => Promise<void> };

/** A first look at everything, or at a sample, and a second one at what looked different. */
async function compare(sides: Sides, { flags, at, account }: Context): Promise<Compared> {
  const { catalog: catalogId, sample } = flags;
  if (sample !== undefined) {
    const ids = await sampleIds(sides, { size: sample, catalogId });
    const first = await look(sides, ids, 'Comparing', at);
    const suspects = first.filter(({ kind }) => kind !== 'same').map(({ id }) => id);
    return {
      compared: ids.length,
      verdicts: await lookAgain(sides, suspects, flags, at),
      finish: async () => {},
    };
  }
  const path = resolve(at.folder, flags.progress ?? VERIFY_PROGRESS_FILE);
  const subject = {
    command: 'verify',
    OrderCloud: sides.api.baseUrl,
    account: account.address,
    container: `${account.settings.cosmos.database}/${account.settings.cosmos.productsContainer}`,
    catalog: catalogId ?? '',
  };
  const journal = await openJournal({ path, entry: WalkedPage, subject, restart: flags.restart === true });
  if (journal.entries.length > 0) {
    at.stderr.write(
      `Going on with the run of ${journal.startedAt}, kept in ${path} (--restart begins anew).\n`,
    );
  }
  const { compared, suspects } = await walk(sides, { catalogId, journal, stderr: at.stderr });
  const verdicts = await lookAgain(sides, suspects, flags, at);
  return { compared, verdicts, finish: () => journal.remove() };
}

/** Messages may be under way: what looked different is looked at again after a while, on both sides. */
async function lookAgain(
  sides: Sides,
  suspects: readonly string[],
  { pause }: VerifyFlags,
  at: OrderCloudSurroundings,
): Promise<Verdict[]> {
  if (suspects.length === 0) return [];
  at.stderr.write(
    `Different at a first look: ${countOf(suspects.length, 'product')}. Looking again in ${pause} s, since messages may be under way …\n`,
  );
  await sleep(pause * 1000, sides.signal);
  sides.signal.throwIfAborted();
  return look(sides, suspects, 'Looking again', at);
}

async function look(
  sides: Sides,
  ids: readonly string[],
  label: string,
  at: OrderCloudSurroundings,
): Promise<Verdict[]> {
  const progress = startProgress({ label, total: ids.length, stream: at.stderr });
  try {
    return await checkAll(sides, ids, (count) => progress.advance('', count));
  } finally {
    progress.stop();
  }
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

function wayOn(ended: string, { sample, progress }: VerifyFlags, at: OrderCloudSurroundings): string {
  const path = resolve(at.folder, progress ?? VERIFY_PROGRESS_FILE);
  return sample === undefined && existsSync(path)
    ? `${ended}. To go on, run the same command again: what was compared is kept in ${path}.\n`
    : `${ended}. Nothing was changed.\n`;
}
