import { untilAborted } from '../../src/until-aborted.ts';
import { type Account, type AccountFlags, withAccount } from '../common/account.ts';
import { usageError } from '../common/command-error.ts';
import {
  askFirst,
  type CommandContext,
  givenSettings,
  requireTerminal,
  writeJson,
} from '../common/context.ts';
import { orderCloudOf } from '../ordercloud/settings.ts';
import { readAppSide } from '../status/sides.ts';
import { type ChoiceFlags, choose, UNASKED_LIMIT } from './choose.ts';
import { requireProductSync } from './request-syncs.ts';
import { runSyncs } from './run-syncs.ts';
import { isComplete, nextText, type ResyncReport, resyncReport, resyncText } from './text.ts';

/** The command's options as commander gives them. */
export type ResyncFlags = AccountFlags & ChoiceFlags & { wait?: true; timeout?: number; yes?: true };

export const DEFAULT_TIMEOUT_S = 60;

type Run = { ids: readonly string[]; flags: ResyncFlags; context: CommandContext };

/** `resync`: makes OrderCloud send the messages of products. Resolves to the exit code. */
export async function resync(
  ids: readonly string[],
  flags: ResyncFlags,
  context: CommandContext,
): Promise<number> {
  requireChoice(ids, flags);
  const isFirstLoad = flags.all === true && flags.schemaBelow === undefined;
  requireMatching(flags, isFirstLoad);
  if (isFirstLoad) requireTerminal(context, flags, '--all asks first');
  const run = { ids, flags, context };
  const needsAccount = flags.wait || flags.deadLetters || flags.schemaBelow !== undefined;
  return needsAccount
    ? withAccount({ context, flags }, (account) => resyncChosen(run, account))
    : resyncChosen(run, null);
}

/** Refuses options that contradict each other. */
function requireChoice(ids: readonly string[], { deadLetters, all, schemaBelow }: ResyncFlags): void {
  // --all and --schema-below together mean all that are below.
  const count = [ids.length > 0, deadLetters, all || schemaBelow !== undefined].filter(Boolean).length;
  if (count === 0) throw usageError('Name products by ID, or pass --dead-letters, --schema-below or --all.');
  if (count > 1) {
    throw usageError(
      'Choose products by ID, --dead-letters, --schema-below or --all: one of these at a time.',
    );
  }
}

function requireMatching({ wait, timeout, restart, progress }: ResyncFlags, isFirstLoad: boolean): void {
  if (isFirstLoad && wait) {
    throw usageError('--wait is not for --all: run verify when the messages have arrived.');
  }
  if (timeout !== undefined && !wait) throw usageError('--timeout goes with --wait.');
  if (!isFirstLoad && (restart || progress !== undefined)) {
    throw usageError('--progress and --restart go with --all.');
  }
}

async function resyncChosen({ ids, flags, context }: Run, account: Account | null): Promise<number> {
  const signal = context.interrupt();
  const api = await orderCloudOf(context);
  await requireProductSync(api, signal);
  const choosing = choose(ids, flags, { api, account, context, signal });
  const { total, lines, question, progressFile, ...choice } = await untilAborted(choosing, signal);
  for (const line of lines) context.stderr.write(`${line}\n`);
  if (question !== null) {
    requireTerminal(context, flags, `resync asks before more than ${UNASKED_LIMIT} products`);
    const ended = await askFirst(context, { yes: flags.yes, question, refused: 'Nothing was asked for.' });
    if (ended !== null) return ended;
  }
  const former = progressFile?.former ?? { requested: 0, refused: [] };
  const done = former.requested + former.refused.length;
  const timeoutMs = (flags.timeout ?? DEFAULT_TIMEOUT_S) * 1000;
  const { requested, arrivals, failure } = await runSyncs(api, {
    ids: choice.ids,
    total: done + total,
    done,
    rate: flags.rate,
    wait: flags.wait && account ? { stores: account, timeoutMs } : null,
    signal,
    stderr: context.stderr,
    onRequested: progressFile?.note,
  });
  const isDone = failure === null && !signal.aborted;
  if (isDone) await progressFile?.remove();
  const notAsked = isDone ? 0 : Math.max(0, total - requested.length);
  const report = resyncReport(requested, { arrivals, notAsked, former });
  const path = progressFile && { progressFile: isDone ? null : progressFile.path };
  if (flags.json) writeJson(context, { orderCloud: api.baseUrl, ...report, ...path });
  else {
    const more = path ? [nextText(report, path.progressFile)] : await likelyCauses(report, context);
    context.stdout.write(`${[resyncText(report), ...more].join('\n')}\n`);
  }
  if (failure !== null) throw failure;
  return signal.aborted ? 130 : isComplete(report) ? 0 : 1;
}

/** Why messages may not have arrived, if the settings show it. */
async function likelyCauses({ arrivals }: ResyncReport, context: CommandContext): Promise<string[]> {
  if (!arrivals?.some(({ kind }) => kind === 'not yet')) return [];
  const { secretProblems } = readAppSide(await givenSettings(context));
  return secretProblems.map((each) => `If they come by webhook, the likely cause: ${each}.`);
}
