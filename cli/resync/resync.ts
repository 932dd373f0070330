import { type Account, withAccount } from '../dead-letters/account.ts';
import { accountOptions, type CommonFlags } from '../dead-letters/account-options.ts';
import { interruptible } from '../dead-letters/interruptible.ts';
import { type OrderCloudSurroundings, orderCloudOf } from '../ordercloud/surroundings.ts';
import { CommandError } from '../support/command-error.ts';
import { countOf } from '../support/count-of.ts';
import { misuse, writeJson } from '../support/surroundings.ts';
import { durationInWords } from '../support/time-left.ts';
import {
  belowSchema,
  type Choice,
  type ChoiceFlags,
  requireChoice,
  withDeadLetters,
} from './choose-products.ts';
import { isComplete, resyncReport, resyncText } from './report.ts';
import { requireProductSync } from './request-sync.ts';
import { type ResyncAllFlags, resyncAll } from './resync-all.ts';
import { runSyncs } from './run-syncs.ts';

/** The command's options as commander gives them. */
export type ResyncFlags = CommonFlags & ChoiceFlags & ResyncAllFlags & { wait?: true; timeout?: number };

/** So many are not "single products" any more: somebody has to say so. */
export const UNASKED_LIMIT = 100;

export const DEFAULT_TIMEOUT_S = 60;

/** `resync`: has OrderCloud send the messages of products. Resolves to the exit code. */
export async function resync(
  ids: readonly string[],
  flags: ResyncFlags,
  at: OrderCloudSurroundings,
): Promise<number> {
  requireChoice(ids, flags);
  requireFitting(flags);
  if (flags.all) return resyncAll(flags, at);
  const needsAccount = flags.wait || flags.deadLetters || flags.schemaBelow !== undefined;
  return needsAccount
    ? withAccount(accountOptions(at, flags), (account) => resyncChosen(ids, flags, { account, at }))
    : resyncChosen(ids, flags, { account: null, at });
}

function requireFitting({ all, wait, timeout, restart, progress }: ResyncFlags): void {
  if (all && wait) throw misuse('--wait is not for --all: run verify when the messages have arrived.');
  if (timeout !== undefined && !wait) throw misuse('--timeout goes with --wait.');
  if (!all && (restart || progress !== undefined)) throw misuse('--progress and --restart go with --all.');
}

type Place = { account: Account | null; at: OrderCloudSurroundings };

async function resyncChosen(
  ids: readonly string[],
  flags: ResyncFlags,
  { account, at }: Place,
): Promise<number> {
  const choice = await choose(ids, flags, account);
  const note = (line: string) => void at.stderr.write(`${line}\n`);
  for (const line of choice.notes) note(line);
  const answer = await confirmed(choice.ids.length, flags, at);
  if (answer !== 'yes') {
    note('Nothing was asked for.');
    return answer === 'interrupted' ? 130 : 1;
  }
  const signal = at.interrupt();
  const api = await orderCloudOf(at);
  if (choice.ids.length > 0) await requireProductSync(api, signal);
  const timeoutMs = (flags.timeout ?? DEFAULT_TIMEOUT_S) * 1000;
  const { requested, arrivals, failure } = await runSyncs(api, {
    ids: choice.ids,
    total: choice.ids.length,
    rate: flags.rate,
    wait: flags.wait && account ? { stores: interruptible(account, signal), timeoutMs } : null,
    signal,
    stderr: at.stderr,
  });
  const report = resyncReport(requested, arrivals, choice.ids.length - requested.length);
  if (flags.json) writeJson(at, { orderCloud: api.baseUrl, ...report });
  else at.stdout.write(`${resyncText(report)}\n`);
  if (failure !== null) throw failure;
  return signal.aborted ? 130 : isComplete(report) ? 0 : 1;
}

async function choose(ids: readonly string[], flags: ResyncFlags, account: Account | null): Promise<Choice> {
  if (flags.deadLetters && account) return withDeadLetters(account);
  if (flags.schemaBelow !== undefined && account) return belowSchema(account, flags.schemaBelow);
  return { ids: [...new Set(ids)], notes: [] };
}

async function confirmed(count: number, flags: ResyncFlags, at: OrderCloudSurroundings) {
  if (flags.yes || count <= UNASKED_LIMIT) return 'yes';
  if (at.ask === null) {
    throw new CommandError(
      `More than ${UNASKED_LIMIT} products are asked about first, and there is no terminal to ask at: pass --yes for these ${count}.`,
      { exitCode: 2 },
    );
  }
  return at.ask(
    `${countOf(count, 'product')} at ${flags.rate} a second take about ${durationInWords((count / flags.rate) * 1000)}; OrderCloud means this endpoint for single products. Go on?`,
  );
}
