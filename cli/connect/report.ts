import type { OrderCloudApi } from '../ordercloud/api.ts';
import type { OrderCloudSurroundings } from '../ordercloud/surroundings.ts';
import { writeJson } from '../support/surroundings.ts';
import { planText, shownChanges } from './describe.ts';
import { isDone, type Plan, type State, type Wanted } from './plan.ts';

/** One run of `connect`, all of it known. */
export type Run = {
  api: OrderCloudApi;
  plan: Plan;
  state: State;
  wanted: Wanted;
  notes: readonly string[];
  flags: { dryRun?: true; yes?: true; replace?: true; json?: true };
  at: OrderCloudSurroundings;
};

/** What came of it, on standard output. Resolves to the exit code. */
export function report(run: Run, isWritten: boolean): number {
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

/** What would be changed, what to know about it, and a new secret. */
export function show({ api, plan, wanted, notes, flags }: Run, to: { write(text: string): unknown }): void {
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
