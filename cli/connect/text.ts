import { printable } from '../../src/printable.ts';
import { type CommandContext, writeJson } from '../common/context.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { type Model, type ModelChange, shownValue } from '../ordercloud/model.ts';
import { isDone, movedTargets, type Plan, presentTargets, type State, type Wanted } from './plan.ts';
import type { WantedTarget } from './target.ts';

/** One run of `connect`, all of it known. */
export type ConnectRun = {
  api: OrderCloudApi;
  plan: Plan;
  state: State;
  wanted: Wanted;
  notes: readonly string[];
  flags: { dryRun?: true; yes?: true; replace?: true; json?: true };
  context: CommandContext;
};

/** What came of it, on standard output. Resolves to the exit code. */
export function report(run: ConnectRun, isWritten: boolean): number {
  const { plan, wanted, notes, flags, context } = run;
  const isPlanned = !isWritten && !isDone(plan);
  if (flags.json) {
    const secret = isPlanned ? undefined : generatedSecret(wanted);
    writeJson(context, {
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
    show(run, context.stdout);
    context.stdout.write('A dry run: nothing was changed.\n');
  } else if (isWritten) context.stdout.write(doneText(plan));
  else {
    show(run, context.stdout);
    context.stdout.write('Nothing to change.\n');
  }
  return 0;
}

/** What would be changed, what to know about it, and a new secret. */
export function show(
  { api, plan, wanted, notes, flags }: ConnectRun,
  to: { write(text: string): unknown },
): void {
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

/** The plan for the person who is asked whether to carry it out. */
function planText(plan: Plan, targets: readonly WantedTarget[]): string {
  const { deliveryConfigId, deliveryConfig, productSync } = plan;
  const origins = originsOf(targets);
  return [
    ...part(`Delivery configuration "${deliveryConfigId}"`, deliveryConfig, origins),
    ...part('Product synchronization', productSync, origins),
  ].join('\n');
}

/** Changes as lines: what is new with +, what becomes something else with ~, what goes with -. */
export function changeLines(
  changes: readonly ModelChange[],
  origins: ReadonlyMap<string, string> = new Map(),
): string[] {
  const width = Math.max(0, ...changes.map(({ path }) => path.length));
  return changes.map(({ path, from, to }) => {
    const name = path.padEnd(width);
    const origin = origins.get(path);
    const source = origin === undefined ? '' : ` (${origin})`;
    if (from === undefined) return `  + ${name}  ${shownValue(path, to)}${source}`;
    if (to === undefined) return `  - ${name}  ${shownValue(path, from)}`;
    return `  ~ ${name}  ${shownValue(path, from)} → ${shownValue(path, to)}${source}`;
  });
}

/** Changes for `--json`, secrets masked. */
export function shownChanges(changes: readonly ModelChange[]): ModelChange[] {
  return changes.map(({ path, from, to }) => {
    const shown = (value: unknown) =>
      value === undefined || typeof value === 'boolean' ? value : shownText(path, value);
    return { path, from: shown(from), to: shown(to) };
  });
}

function shownText(path: string, value: unknown): string {
  const text = shownValue(path, value);
  return text.startsWith('"') ? JSON.parse(text) : text;
}

function part(
  title: string,
  { isNew, changes }: Plan['deliveryConfig'],
  origins: ReadonlyMap<string, string>,
): string[] {
  if (changes.length === 0) return [`${title}: as it should be`];
  return [`${title}: ${isNew ? 'to be created' : 'to be changed'}`, ...changeLines(changes, origins)];
}

function originsOf(targets: readonly WantedTarget[]): Map<string, string> {
  return new Map(
    targets.flatMap(({ name, origins }) =>
      Object.entries(origins).map(([property, origin]) => [`DeliveryTargets.${name}.${property}`, origin]),
    ),
  );
}

/** The transports by which the app itself can be reached. */
const TRANSPORTS = ['Http', 'EventHub', 'Kafka'];

/** What somebody should know before saying yes. */
export function notesFor(state: State, wanted: Wanted, replaced: Model | null): string[] {
  const own = new Set(wanted.targets.map(({ name }) => String(name)));
  const others = presentTargets(state.deliveryConfig).filter((name) => !own.has(name));
  const twice = others.filter((name) => TRANSPORTS.includes(name));
  const excludes = wanted.excludePriceSchedules ?? state.productSync?.ExcludePriceSchedules === true;
  return [
    ...wanted.targets.flatMap(({ notes }) => notes),
    ...(others.length > 0 ? [`Other targets of this configuration stay as they are: ${names(others)}.`] : []),
    ...(twice.length > 0
      ? [`If ${names(twice)} is this app too, it gets each message twice, which does no harm.`]
      : []),
    ...movedTargets(state, wanted).map(
      ({ words, isCertain }) =>
        `${words} gets no messages any more${isCertain ? '' : ', unless that is this one'}: a configuration has one target of each kind.`,
    ),
    ...replacedNote(state, wanted, replaced),
    ...(state.productSync?.Paused === true
      ? ['Synchronization is paused and stays so. To go on: ordercloud-product-sync resume']
      : []),
    ...(excludes ? ['Messages carry no price schedules: pricing in the documents will be null.'] : []),
  ];
}

function replacedNote(
  { productSync }: State,
  { deliveryConfigId }: Wanted,
  replaced: Model | null,
): string[] {
  const former = productSync?.DeliveryConfigID;
  if (typeof former !== 'string' || former === deliveryConfigId) return [];
  const targets = presentTargets(replaced);
  const who = targets.length > 0 ? names(targets) : 'its targets';
  return [
    `Product messages go by "${printable(former, 100)}" now, and then no longer: ${who} there will get none. Without --id, this target is added there instead.`,
  ];
}

function names(targets: readonly string[]): string {
  return targets.map((name) => printable(name, 60)).join(', ');
}
