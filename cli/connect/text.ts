import { printable } from '../../src/printable.ts';
import { changeLines, type Model, shownChanges, textOf } from '../ordercloud/model.ts';
import { targetsOf } from '../ordercloud/sync-state.ts';
import type { ConfigPart } from '../ordercloud/write-config.ts';
import { type MovedTarget, type State, valuesIn, type Wanted } from './plan.ts';

export type Plan = {
  parts: readonly [deliveryConfig: ConfigPart, productSync: ConfigPart];
  deliveryConfigId: string;
  notes: readonly string[];
  /** To be shown once. */
  newSecret: string | undefined;
};

/** The changes, what to know about them, and a new secret. */
export function planText(plan: Plan, baseUrl: string): string {
  const [deliveryConfig, productSync] = plan.parts;
  return [
    `OrderCloud at ${baseUrl}`,
    '',
    ...partLines(`Delivery configuration "${plan.deliveryConfigId}"`, deliveryConfig),
    ...partLines('Product synchronization', productSync),
    ...(plan.notes.length > 0 ? ['', ...plan.notes.map((note) => `  ! ${note}`)] : []),
    ...(plan.newSecret === undefined ? [] : ['', ...secretLines(plan.newSecret)]),
    '',
    '',
  ].join('\n');
}

function partLines(title: string, { present, changes }: ConfigPart): string[] {
  if (changes.length === 0) return [`${title}: as it should be`];
  return [`${title}: to be ${present === null ? 'created' : 'changed'}`, ...changeLines(changes)];
}

/** Shown before the question: the app must have the secret before the first message comes. */
function secretLines(secret: string): string[] {
  return [
    'A new webhook secret, shown only now. Set it in the app before you go on:',
    '',
    `  ORDERCLOUD_WEBHOOK_SECRETS=${secret}`,
    '',
    'If the app has a secret already, set both, with a comma: OLD,NEW.',
  ];
}

export function doneText(deliveryConfigId: string): string {
  return [
    `Done. OrderCloud sends its product messages by "${deliveryConfigId}".`,
    'What both sides say now:    ordercloud-product-sync status',
    'For the products there are: ordercloud-product-sync resync --all',
  ].join('\n');
}

/** The same for `--json`. */
export function planJson(plan: Plan): object {
  const [deliveryConfig, productSync] = plan.parts;
  const part = ({ present, changes }: ConfigPart) => ({
    isNew: present === null,
    changes: shownChanges(changes),
  });
  return {
    deliveryConfig: { id: plan.deliveryConfigId, ...part(deliveryConfig) },
    productSync: part(productSync),
    notes: plan.notes,
    webhookSecret: plan.newSecret,
  };
}

/**
 * What to know before saying yes. `replaced` is the configuration that messages have gone by until now, if that would
 * change.
 */
export function notesFor(
  { deliveryConfig, productSync }: State,
  wanted: Wanted,
  { moved, replaced }: { moved: readonly MovedTarget[]; replaced: Model | null },
): string[] {
  const own = new Set<string>(wanted.targets.map(({ name }) => name));
  const others = [...targetsOf(deliveryConfig).keys()].filter((name) => !own.has(name));
  const excludes = wanted.excludePriceSchedules ?? productSync?.ExcludePriceSchedules === true;
  return [
    ...valuesIn(wanted).flatMap(({ notes = [] }) => notes),
    ...(others.length > 0 ? [`Other targets of this configuration stay as they are: ${names(others)}.`] : []),
    ...moved.map(
      ({ words, isCertain }) =>
        `${words} gets no messages any more${isCertain ? '' : ', unless that is this one'}: a configuration has one target of each kind.`,
    ),
    ...replacedNote(textOf(productSync?.DeliveryConfigID), wanted, replaced),
    ...(productSync?.Paused === true
      ? ['Synchronization is paused and stays so. To go on: ordercloud-product-sync resume']
      : []),
    ...(excludes ? ['Messages carry no price schedules: pricing in the documents will be null.'] : []),
  ];
}

function replacedNote(former: string | undefined, wanted: Wanted, replaced: Model | null): string[] {
  if (former === undefined || former === wanted.deliveryConfigId) return [];
  const targets = [...targetsOf(replaced).keys()];
  const who = targets.length > 0 ? names(targets) : 'its targets';
  return [
    `Until now, product messages went by "${printable(former, 100)}": ${who} there will get none any more. Without --id, this target is added there instead.`,
  ];
}

function names(targets: readonly string[]): string {
  return targets.map((name) => printable(name, 60)).join(', ');
}
