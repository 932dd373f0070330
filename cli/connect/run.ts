import { CommandError, interrupted, isAbort, usageError } from '../common/command-error.ts';
import { type CommandContext, givenSettings } from '../common/context.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import type { Model } from '../ordercloud/model.ts';
import { orderCloudOf } from '../ordercloud/settings.ts';
import { changesSince, readDeliveryConfig, readProductSync } from '../ordercloud/sync-state.ts';
import { applyPlan } from './apply.ts';
import { isDone, movedTargets, type Plan, planFor, presentTarget, type State, type Wanted } from './plan.ts';
import {
  type SearchFlags,
  searchTarget,
  type TargetName,
  type TargetSources,
  type WantedTarget,
} from './target.ts';
import { type ConnectRun, changeLines, notesFor, report, show } from './text.ts';

/** The options that every transport has. */
export type ConnectFlags = SearchFlags & {
  id?: string;
  name?: string;
  searchIngestion?: true;
  excludePriceSchedules?: boolean;
  dryRun?: true;
  yes?: true;
  replace?: true;
  json?: true;
};

/** The transport to connect by, and how its target is made from what is given and what is there. */
export type TargetSource = { name: TargetName; target: (sources: TargetSources) => Promise<WantedTarget> };

const DEFAULT_ID = 'product-sync';

const NO_TERMINAL =
  'connect asks before it changes anything, and there is no terminal to ask at: pass --yes, or --dry-run to see the changes only.';

/** `connect`: lets OrderCloud send its product messages to this app. Resolves to the exit code. */
export async function runConnect(
  transport: TargetSource,
  flags: ConnectFlags,
  context: CommandContext,
): Promise<number> {
  if (!flags.yes && !flags.dryRun && context.ask === null) throw usageError(NO_TERMINAL);
  if (flags.id !== undefined && !/^[\w-]{1,100}$/.test(flags.id)) {
    throw usageError('--id may hold letters, digits, - and _ only.');
  }
  const api = await orderCloudOf(context);
  // Until something is written, Ctrl-C may end the process at once.
  const productSync = await readProductSync(api);
  const id = flags.id ?? textOf(productSync?.DeliveryConfigID) ?? DEFAULT_ID;
  const state = { productSync, deliveryConfig: await readDeliveryConfig(api, id) };
  const wanted: Wanted = {
    deliveryConfigId: id,
    name: flags.name,
    targets: await targetsFor(transport, flags, state, context),
    excludePriceSchedules: flags.excludePriceSchedules,
  };
  const plan = planFor(state, wanted);
  const notes = notesFor(state, wanted, await replacedConfig(api, state, id));
  const run = { api, plan, state, wanted, notes, flags, context };
  return flags.dryRun || isDone(plan) ? report(run, false) : askAndApply(run);
}

async function askAndApply(run: ConnectRun): Promise<number> {
  const { api, plan, state, wanted, flags, context } = run;
  const moved = movedTargets(state, wanted);
  if (flags.yes && !flags.replace && moved.length > 0) {
    throw new CommandError(
      `A target has another address now, or may have, perhaps of somebody else's system: ${moved.map(({ words }) => words).join(', ')}. Nothing was changed. To replace it, pass --replace as well as --yes.`,
    );
  }
  // Also with --json: a new secret must not be lost when only half of it can be written.
  show(run, flags.json ? context.stderr : context.stdout);
  const answer = flags.yes ? 'yes' : ((await context.ask?.(`Change this in ${api.baseUrl}?`)) ?? 'no');
  if (answer !== 'yes') {
    context.stderr.write('Nothing was changed.\n');
    return answer === 'interrupted' ? 130 : 1;
  }
  const signal = context.interrupt();
  await requireUnchanged(api, plan, state, signal).catch((error: unknown) => {
    throw isAbort(error) ? interrupted('Nothing was changed.') : error;
  });
  await applyPlan(api, plan, state, signal);
  return report(run, true);
}

/** Somebody else may have edited it while the person was reading. */
async function requireUnchanged(
  api: OrderCloudApi,
  { deliveryConfigId }: Plan,
  state: State,
  signal: AbortSignal,
): Promise<void> {
  const deliveryConfig = await readDeliveryConfig(api, deliveryConfigId, { signal });
  const productSync = await readProductSync(api, { signal });
  const changes = changesSince([state.deliveryConfig, state.productSync], [deliveryConfig, productSync]);
  if (changes.length === 0) return;
  throw new CommandError(
    `Somebody else has changed it meanwhile; nothing was written. Run the command again.\n${changeLines(changes).join('\n')}`,
  );
}

async function targetsFor(
  transport: TargetSource,
  flags: ConnectFlags,
  { deliveryConfig }: State,
  context: CommandContext,
): Promise<WantedTarget[]> {
  const given = await givenSettings(context);
  const sources = (name: TargetName): TargetSources => ({
    given,
    present: presentTarget(deliveryConfig, name),
    askSecret: context.askSecret,
    isDryRun: flags.dryRun === true,
  });
  const own = await transport.target(sources(transport.name));
  if (!flags.searchIngestion) return [own];
  return [own, await searchTarget(flags, sources('SearchIngestion'))];
}

/** The configuration that messages go by now, if they would go by another one then. */
async function replacedConfig(api: OrderCloudApi, { productSync }: State, id: string): Promise<Model | null> {
  const former = textOf(productSync?.DeliveryConfigID);
  return former === undefined || former === id ? null : readDeliveryConfig(api, former);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
