import type { OrderCloudApi } from '../ordercloud/api.ts';
import type { Model } from '../ordercloud/model.ts';
import { givenSettings } from '../ordercloud/settings.ts';
import { type OrderCloudSurroundings, orderCloudOf } from '../ordercloud/surroundings.ts';
import { changesSince, readDeliveryConfig, readProductSync } from '../ordercloud/sync-state.ts';
import { CommandError } from '../support/command-error.ts';
import { misuse, writeJson } from '../support/surroundings.ts';
import { applyPlan } from './apply.ts';
import { changeLines, planText, shownChanges } from './describe.ts';
import { notesFor } from './notes.ts';
import { isDone, type Plan, planFor, presentTarget, type State, type Wanted } from './plan.ts';
import { type SearchFlags, searchTarget } from './search-target.ts';
import type { TargetName, TargetSources, WantedTarget } from './wanted-target.ts';

/** The options that every transport has. */
export type ConnectFlags = SearchFlags & {
  id?: string;
  name?: string;
  searchIngestion?: true;
  excludePriceSchedules?: boolean;
  dryRun?: true;
  yes?: true;
  json?: true;
};

/** The transport to connect by, and how its target is made from what is given and what is there. */
export type Transport = { name: TargetName; target: (sources: TargetSources) => Promise<WantedTarget> };

const DEFAULT_ID = 'product-sync';

const NO_TERMINAL =
  'connect asks before it changes anything, and there is no terminal to ask at: pass --yes, or --dry-run to look only.';

/** `connect`: lets OrderCloud send its product messages to this app. Resolves to the exit code. */
export async function runConnect(
  transport: Transport,
  flags: ConnectFlags,
  at: OrderCloudSurroundings,
): Promise<number> {
  if (!flags.yes && !flags.dryRun && at.ask === null) throw misuse(NO_TERMINAL);
  if (flags.id !== undefined && !/^[\w-]{1,100}$/.test(flags.id)) {
    throw misuse('--id may hold letters, digits, - and _ only.');
  }
  const api = await orderCloudOf(at);
  // Until something is written, Ctrl-C may end the process at once.
  const productSync = await readProductSync(api);
  const id = flags.id ?? textOf(productSync?.DeliveryConfigID) ?? DEFAULT_ID;
  const state = { productSync, deliveryConfig: await readDeliveryConfig(api, id) };
  const wanted: Wanted = {
    deliveryConfigId: id,
    name: flags.name,
    targets: await targetsFor(transport, flags, state, at),
    excludePriceSchedules: flags.excludePriceSchedules,
  };
  const plan = planFor(state, wanted);
  const notes = notesFor(state, wanted, await replacedConfig(api, state, id));
  const run = { api, plan, state, wanted, notes, flags, at };
  return flags.dryRun || isDone(plan) ? report(run, false) : askAndApply(run);
}

type Run = {
  api: OrderCloudApi;
  plan: Plan;
  state: State;
  wanted: Wanted;
  notes: readonly string[];
  flags: ConnectFlags;
  at: OrderCloudSurroundings;
};

async function askAndApply(run: Run): Promise<number> {
  const { api, plan, state, flags, at } = run;
  // Also with --json: a new secret must not be lost when only half of it can be written.
  show(run, flags.json ? at.stderr : at.stdout);
  const answer = flags.yes ? 'yes' : ((await at.ask?.(`Change this in ${api.baseUrl}?`)) ?? 'no');
  if (answer !== 'yes') {
    at.stderr.write('Nothing was changed.\n');
    return answer === 'interrupted' ? 130 : 1;
  }
  const signal = at.interrupt();
  await requireUnchanged(api, plan, state, signal);
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
    `Somebody else has changed it in the meantime; nothing was written. Run the command again to go on from there.\n${changeLines(changes).join('\n')}`,
  );
}

async function targetsFor(
  transport: Transport,
  flags: ConnectFlags,
  { deliveryConfig }: State,
  at: OrderCloudSurroundings,
): Promise<WantedTarget[]> {
  const given = await givenSettings(at);
  const sources = (name: TargetName): TargetSources => ({
    given,
    present: presentTarget(deliveryConfig, name),
    askSecret: at.askSecret,
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

function report(run: Run, isWritten: boolean): number {
  const { plan, wanted, notes, flags, at } = run;
  const isPlanned = !isWritten && !isDone(plan);
  if (flags.json) {
    const secret = isPlanned ? undefined : generatedSecret(wanted);
    writeJson(at, {
      api: run.api.baseUrl,
      written: isWritten,
      deliveryConfig: { id: plan.deliveryConfigId, ...shownPart(plan.deliveryConfig) },
      productSync: shownPart(plan.productSync),
      notes,
      ...(secret !== undefined && { webhookSecret: secret }),
    });
    return 0;
  }
  if (isPlanned) {
    show(run, at.stdout);
    at.stdout.write('A dry run: nothing was changed.\n');
  } else if (isWritten) at.stdout.write(doneText(plan));
  else {
    show(run, at.stdout);
    at.stdout.write('Nothing is to be changed.\n');
  }
  return 0;
}

function show({ api, plan, wanted, notes, flags }: Run, to: { write(text: string): unknown }): void {
  const secret = flags.dryRun ? undefined : generatedSecret(wanted);
  const lines = [
    `OrderCloud at ${api.baseUrl}`,
    '',
    planText(plan, wanted.targets),
    ...(notes.length > 0 ? ['', ...notes.map((note) => `  ! ${note}`)] : []),
    ...(secret === undefined ? [] : ['', ...secretLines(secret)]),
    '',
    '',
  ];
  to.write(lines.join('\n'));
}

/** Shown once, before the question: the app must know it before the first message comes. */
function secretLines(secret: string): string[] {
  return [
    'A new webhook secret, shown only now. Set it in the app before you go on:',
    '',
    `  ORDERCLOUD_WEBHOOK_SECRETS=${secret}`,
    '',
    'If the app has a secret already, set both, with a comma: OLD,NEW.',
  ];
}

function doneText({ deliveryConfigId }: Plan): string {
  return [
    `Done. OrderCloud sends its product messages by "${deliveryConfigId}".`,
    'What both sides say now:    ordercloud-product-sync status',
    'For the products there are: ordercloud-product-sync resync --all',
    '',
  ].join('\n');
}

function generatedSecret({ targets }: Wanted): string | undefined {
  return targets.find((target) => target.generatedSecret !== undefined)?.generatedSecret;
}

function shownPart({ isNew, changes }: Plan['deliveryConfig']) {
  return { isNew, changes: shownChanges(changes) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
