import { untilAborted } from '../../src/until-aborted.ts';
import { type Account, withAccount } from '../common/account.ts';
import { interrupted, usageError } from '../common/command-error.ts';
import { type CommandContext, print, requireTerminal } from '../common/context.ts';
import { countOf } from '../common/text.ts';
import { sleep } from '../common/wait.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { OrderCloudError } from '../ordercloud/ordercloud-error.ts';
import { orderCloudOf } from '../ordercloud/settings.ts';
import { readProductSync, requireSeller } from '../ordercloud/sync-state.ts';
import { UNASKED_LIMIT } from '../resync/choose.ts';
import { checkAll, type VerifyFlags, type VerifyRun } from './compare.ts';
import { deletionRefusal, isRepaired, repair } from './repair.ts';
import { repairText, type VerifyReport, verifyReport, verifyText } from './text.ts';
import { compareAll, compareSample } from './walk.ts';

/** `verify`: whether the container is as OrderCloud is. Resolves to the exit code. */
export async function verify(flags: VerifyFlags, context: CommandContext): Promise<number> {
  if (flags.repair) requireTerminal(context, flags, '--repair asks before it marks products as deleted');
  if (flags.yes && !flags.repair) throw usageError('--yes goes with --repair.');
  const api = await orderCloudOf(context);
  await requireSeller(api);
  const pricesExpected = await arePricesSent(api);
  const { signal } = api;
  return withAccount(context, flags, async (account) => {
    const run = { flags, context, account, api, pricesExpected };
    const report = await untilAborted(compare(run), signal).catch((error: unknown) => {
      if (signal.aborted) throw interrupted('Nothing was changed.');
      context.stderr.write('Stopped. Nothing was changed.\n');
      throw error;
    });
    return tell(report, run);
  });
}

/** Compares everything, or a sample, and checks differences again, since messages may be under way. */
async function compare(run: VerifyRun): Promise<VerifyReport> {
  const { api, account, flags, context } = run;
  const { differing, ...counts } =
    flags.sample === undefined ? await compareAll(run) : await compareSample(run, flags.sample);
  if (differing.length === 0) return verifyReport(counts, [], new Map());
  context.stderr.write(
    `Different at first: ${countOf(differing.length, 'product')}. Checking again in ${flags.pause} s, since messages may be under way …\n`,
  );
  await sleep(flags.pause * 1000, api.signal);
  api.signal.throwIfAborted();
  const verdicts = await checkAll(run, differing, 'Checking again');
  return verifyReport(counts, verdicts, await deadLettersOf(account));
}

/** Says what was found, and repairs it if that is asked. */
async function tell(report: VerifyReport, run: VerifyRun): Promise<number> {
  const { flags, context, account, api } = run;
  if (!flags.json) print(context, verifyText(report));
  const repaired = flags.repair && report.differences.length > 0 ? await repair(report, run) : null;
  if (flags.json) {
    const { catalog = null, sample = null } = flags;
    const sides = { orderCloud: api.baseUrl, account: account.address, catalog, sample };
    const shown = repaired && { resync: repaired.resync, tombstones: repaired.tombstones };
    print(context, { ...sides, ...report, repair: shown });
  } else if (repaired) print(context, repairText(repaired));
  else if (report.differences.length > 0) {
    const firstLoad =
      report.missing > UNASKED_LIMIT ? '; as a first load: ordercloud-product-sync resync --all' : '';
    print(context, `To fix it: the same with --repair${firstLoad}`);
    const refusal = deletionRefusal(report, flags);
    if (refusal !== null) print(context, `With --repair: ${refusal}`);
  }
  if (repaired?.failure) throw repaired.failure;
  if (api.signal.aborted) return 130;
  return report.differences.length === 0 || (repaired && isRepaired(report, repaired)) ? 0 : 1;
}

/** Whether messages carry prices; false if the user may not read that. */
async function arePricesSent(api: OrderCloudApi): Promise<boolean> {
  try {
    const config = await readProductSync(api);
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
