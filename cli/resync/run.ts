import { untilAborted } from '../../src/until-aborted.ts';
import { type Account, withAccount } from '../common/account.ts';
import { usageError } from '../common/command-error.ts';
import { askFirst, type CommandContext, givenSettings, print, requireTerminal } from '../common/context.ts';
import { orderCloudOf } from '../ordercloud/settings.ts';
import { readAppSide } from '../status/sides.ts';
import { choose, type ResyncFlags, type ResyncRun, UNASKED_LIMIT } from './choose.ts';
import { requireSending } from './request-syncs.ts';
import { type ResyncReport, runSyncs } from './run-syncs.ts';
import { isComplete, nextText, resyncText } from './text.ts';

export const DEFAULT_TIMEOUT_S = 60;

/** `resync`: makes OrderCloud send the messages of products. Resolves to the exit code. */
export async function resync(
  ids: readonly string[],
  flags: ResyncFlags,
  context: CommandContext,
): Promise<number> {
  const isFirstLoad = flags.all === true && flags.schemaBelow === undefined;
  requireMatching(ids, flags, isFirstLoad);
  if (isFirstLoad) requireTerminal(context, flags, '--all asks first');
  const api = await orderCloudOf(context);
  const resyncWith = (account: Account | null) => resyncChosen({ ids, flags, context, api, account });
  const needsAccount = flags.wait || flags.deadLetters || flags.schemaBelow !== undefined;
  return needsAccount ? withAccount(context, flags, resyncWith) : resyncWith(null);
}

/** Refuses options that contradict each other. */
function requireMatching(ids: readonly string[], flags: ResyncFlags, isFirstLoad: boolean): void {
  const { deadLetters, all, schemaBelow, wait, timeout, restart, progress } = flags;
  // --all and --schema-below together mean all that are below.
  const chosen = [ids.length > 0, deadLetters, all || schemaBelow !== undefined].filter(Boolean).length;
  const wrongUses = [
    [chosen === 0, 'Name products by ID, or pass --dead-letters, --schema-below or --all.'],
    [chosen > 1, 'Choose products by ID, --dead-letters, --schema-below or --all: one of these at a time.'],
    [isFirstLoad && wait, '--wait is not for --all: run verify when the messages have arrived.'],
    [timeout !== undefined && !wait, '--timeout goes with --wait.'],
    [!isFirstLoad && (restart || progress !== undefined), '--progress and --restart go with --all.'],
  ] as const;
  const [, message] = wrongUses.find(([isWrong]) => isWrong) ?? [];
  if (message !== undefined) throw usageError(message);
}

async function resyncChosen(run: ResyncRun): Promise<number> {
  const { flags, context, api, account } = run;
  await requireSending(api);
  const { lines, question, progressFile, ...choice } = await untilAborted(choose(run), api.signal);
  for (const line of lines) context.stderr.write(`${line}\n`);
  if (question !== null) {
    requireTerminal(context, flags, `resync asks before more than ${UNASKED_LIMIT} products`);
    if (!flags.yes && !(await askFirst(context, question, 'Nothing was asked for.'))) return 1;
  }
  const timeoutMs = (flags.timeout ?? DEFAULT_TIMEOUT_S) * 1000;
  const { report, failure } = await runSyncs(api, {
    ...choice,
    ...(progressFile && { former: progressFile.former, onRequested: progressFile.note }),
    rate: flags.rate,
    wait: flags.wait && account ? { stores: account, timeoutMs } : null,
    stderr: context.stderr,
  });
  const isDone = failure === null && !api.signal.aborted;
  if (isDone) await progressFile?.remove();
  const path = progressFile && { progressFile: isDone ? null : progressFile.path };
  if (flags.json) print(context, { orderCloud: api.baseUrl, ...report, ...path });
  else {
    const more = path ? [nextText(report, path.progressFile)] : await likelyCauses(report, context);
    print(context, [resyncText(report), ...more].join('\n'));
  }
  if (failure !== null) throw failure;
  return api.signal.aborted ? 130 : isComplete(report) ? 0 : 1;
}

/** Why messages may not have arrived, if the settings show it. */
async function likelyCauses({ arrivals }: ResyncReport, context: CommandContext): Promise<string[]> {
  if (!arrivals?.some(({ kind }) => kind === 'not yet')) return [];
  const { secretProblems } = readAppSide(await givenSettings(context));
  return secretProblems.map((each) => `If they come by webhook, the likely cause: ${each}.`);
}
