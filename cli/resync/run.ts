import { readWebhookSecrets } from '../../src/settings/webhook-secrets.ts';
import { type Account, type AccountFlags, interruptible, withAccount } from '../common/account.ts';
import { usageError } from '../common/command-error.ts';
import { type CommandContext, givenSettings, writeJson } from '../common/context.ts';
import { durationInWords } from '../common/progress.ts';
import { countOf } from '../common/text.ts';
import { orderCloudOf } from '../ordercloud/settings.ts';
import { type ResyncAllFlags, resyncAll } from './all.ts';
import { requireProductSync } from './request-syncs.ts';
import { runSyncs } from './run-syncs.ts';
import { isComplete, type ResyncReport, resyncReport, resyncText } from './text.ts';

/** The command's options as commander gives them. */
export type ResyncFlags = AccountFlags & ChoiceFlags & ResyncAllFlags & { wait?: true; timeout?: number };

/** So many are not "single products" any more: somebody has to say so. */
export const UNASKED_LIMIT = 100;

export const DEFAULT_TIMEOUT_S = 60;

/** `resync`: makes OrderCloud send the messages of products. Resolves to the exit code. */
export async function resync(
  ids: readonly string[],
  flags: ResyncFlags,
  context: CommandContext,
): Promise<number> {
  requireChoice(ids, flags);
  refuseOthers(flags);
  if (flags.all && flags.schemaBelow === undefined) return resyncAll(flags, context);
  const needsAccount = flags.wait || flags.deadLetters || flags.schemaBelow !== undefined;
  return needsAccount
    ? withAccount({ context, flags }, (account) => resyncChosen(ids, flags, { account, context }))
    : resyncChosen(ids, flags, { account: null, context });
}

function refuseOthers({ all, schemaBelow, wait, timeout, restart, progress }: ResyncFlags): void {
  const isFirstLoad = all && schemaBelow === undefined;
  if (isFirstLoad && wait) {
    throw usageError('--wait is not for --all: run verify when the messages have arrived.');
  }
  if (timeout !== undefined && !wait) throw usageError('--timeout goes with --wait.');
  if (!isFirstLoad && (restart || progress !== undefined))
    throw usageError('--progress and --restart go with --all.');
}

type Place = { account: Account | null; context: CommandContext };

async function resyncChosen(
  ids: readonly string[],
  flags: ResyncFlags,
  { account, context }: Place,
): Promise<number> {
  const choice = await choose(ids, flags, account);
  const note = (line: string) => void context.stderr.write(`${line}\n`);
  for (const line of choice.notes) note(line);
  const answer = await confirmed(choice.ids.length, flags, context);
  if (answer !== 'yes') {
    note('Nothing was asked for.');
    return answer === 'interrupted' ? 130 : 1;
  }
  const signal = context.interrupt();
  const api = await orderCloudOf(context);
  if (choice.ids.length > 0) await requireProductSync(api, signal);
  const timeoutMs = (flags.timeout ?? DEFAULT_TIMEOUT_S) * 1000;
  const { requested, arrivals, failure } = await runSyncs(api, {
    ids: choice.ids,
    total: choice.ids.length,
    rate: flags.rate,
    wait: flags.wait && account ? { stores: interruptible(account, signal), timeoutMs } : null,
    signal,
    stderr: context.stderr,
  });
  const report = resyncReport(requested, arrivals, choice.ids.length - requested.length);
  if (flags.json) writeJson(context, { orderCloud: api.baseUrl, ...report });
  else context.stdout.write(`${[resyncText(report), ...(await likelyCauses(report, context))].join('\n')}\n`);
  if (failure !== null) throw failure;
  return signal.aborted ? 130 : isComplete(report) ? 0 : 1;
}

/** Why messages may not have arrived, as far as the settings show it. */
async function likelyCauses({ arrivals }: ResyncReport, context: CommandContext): Promise<string[]> {
  if (!arrivals?.some(({ kind }) => kind === 'not yet')) return [];
  const { problems, warnings } = readWebhookSecrets(await givenSettings(context));
  const odd = [...problems.map(({ name, problem }) => `${name} ${problem}`), ...warnings];
  return odd.map((each) => `If they come by webhook, the likely cause: ${each}.`);
}

async function choose(ids: readonly string[], flags: ResyncFlags, account: Account | null): Promise<Choice> {
  if (flags.deadLetters && account) return withDeadLetters(account);
  if (flags.schemaBelow !== undefined && account) return belowSchema(account, flags.schemaBelow);
  return { ids: [...new Set(ids)], notes: [] };
}

async function confirmed(count: number, flags: ResyncFlags, context: CommandContext) {
  if (flags.yes || count <= UNASKED_LIMIT) return 'yes';
  if (context.ask === null) {
    throw usageError(
      `More than ${UNASKED_LIMIT} products are asked about first, and there is no terminal to ask at: pass --yes for these ${count}.`,
    );
  }
  return context.ask(
    `${countOf(count, 'product')} at ${flags.rate} a second take about ${durationInWords((count / flags.rate) * 1000)}; OrderCloud means this endpoint for single products. Go on?`,
  );
}

/** The options that choose products, as commander gives them. */
export type ChoiceFlags = { deadLetters?: true; all?: true; schemaBelow?: number };

/** Products to ask for, and what to say about the choice. */
export type Choice = { ids: string[]; notes: string[] };

/** Refuses what cannot be meant, before anything is asked of anybody. */
function requireChoice(ids: readonly string[], flags: ChoiceFlags): void {
  const given = [
    ids.length > 0,
    flags.deadLetters === true,
    // Together they mean all that are below.
    flags.all === true || flags.schemaBelow !== undefined,
  ];
  const count = given.filter(Boolean).length;
  if (count === 0) throw usageError('Name products by ID, or pass --dead-letters, --schema-below or --all.');
  if (count > 1) {
    throw usageError(
      'Choose products by ID, --dead-letters, --schema-below or --all: one of these at a time.',
    );
  }
}

/** Every product that a dead letter names, in the order of arrival. */
async function withDeadLetters({ archive, address }: Account): Promise<Choice> {
  const ids: string[] = [];
  let unnamed = 0;
  for await (const { productId } of archive.list({})) {
    if (productId === null) unnamed += 1;
    else ids.push(productId);
  }
  const distinct = [...new Set(ids.reverse())];
  const notes = [`${countOf(distinct.length, 'product')} with dead letters at ${address}.`];
  if (unnamed > 0)
    notes.push(`Without a product ID: ${countOf(unnamed, 'dead letter')}; see dead-letters list.`);
  return { ids: distinct, notes };
}

/** Every product whose document is of an older schema. */
async function belowSchema({ catalog, address }: Account, version: number): Promise<Choice> {
  const ids: string[] = [];
  for await (const id of catalog.idsBelowSchema(version)) ids.push(id);
  return {
    ids,
    notes: [`${countOf(ids.length, 'product')} below schema version ${version} at ${address}.`],
  };
}
