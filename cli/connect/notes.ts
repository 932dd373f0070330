import { printable } from '../../src/printable.ts';
import type { Model } from '../ordercloud/model.ts';
import { movedTargets } from './moved-targets.ts';
import { presentTargets, type State, type Wanted } from './plan.ts';

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
      ? [`If ${names(twice)} leads to this app as well, it gets each message twice, which does no harm.`]
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
