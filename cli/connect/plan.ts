import { isDeepStrictEqual } from 'node:util';
import { isModel, leavesOf, type Model, type ModelChange, modelOf } from '../ordercloud/model.ts';
import { HIDDEN, isSecretPath, shownValue } from '../ordercloud/shown.ts';
import { DESTINATION, type WantedTarget } from './target.ts';

/** What OrderCloud holds of product synchronization; null for what is not there. */
export type State = { deliveryConfig: Model | null; productSync: Model | null };

/** What the command is asked for. */
export type Wanted = {
  deliveryConfigId: string;
  targets: readonly WantedTarget[];
  /** Undefined leaves it as it is. */
  excludePriceSchedules: boolean | undefined;
};

/** What is to be written of a configuration: only what differs, so that nothing else can be lost. */
export type Difference = { isNew: boolean; changes: readonly ModelChange[]; body: Model };

export type Plan = { deliveryConfig: Difference; productSync: Difference };

/** What has to be written to come from what is there to what is wanted. */
export function planFor(state: State, wanted: Wanted): Plan {
  const { deliveryConfigId, targets, excludePriceSchedules } = wanted;
  const isNew = state.deliveryConfig === null;
  const deliveryConfig = {
    ...(isNew && { ID: deliveryConfigId, Name: 'Product sync' }),
    Enabled: true,
    DeliveryTargets: Object.fromEntries(targets.map((target) => [target.name, valuesOf(target)])),
  };
  const removed = targets.flatMap((target) =>
    (target.removed ?? []).map((property) => `DeliveryTargets.${target.name}.${property}`),
  );
  const productSync = {
    SyncProductChanged: true,
    SyncProductDeleted: true,
    DeliveryConfigID: deliveryConfigId,
    ...(state.productSync === null && { Paused: false, ExcludePriceSchedules: false }),
    ...(excludePriceSchedules !== undefined && { ExcludePriceSchedules: excludePriceSchedules }),
  };
  return {
    deliveryConfig: difference(state.deliveryConfig, deliveryConfig, removed),
    productSync: difference(state.productSync, productSync, []),
  };
}

/** A secret that is kept has no value here, and so is not touched. */
function valuesOf({ values, secrets }: WantedTarget): Model {
  const given = Object.entries(secrets).map(([property, { value }]) => [property, value]);
  return { ...values, ...Object.fromEntries(given) };
}

/** The targets that a delivery configuration has, by name. */
export function targetsOf(deliveryConfig: Model | null): Map<string, Model> {
  const targets = deliveryConfig?.DeliveryTargets;
  return new Map(
    Object.entries(isModel(targets) ? targets : {}).filter((entry): entry is [string, Model] =>
      isModel(entry[1]),
    ),
  );
}

/** Secrets that are given are always written: they cannot be compared. */
function difference(present: Model | null, wanted: Model, removed: readonly string[]): Difference {
  const there = leavesOf(present);
  const gone = removed.map((path) => [path, undefined] as const);
  const changes = [...leavesOf(wanted), ...gone]
    .map(([path, to]) => ({ path, from: there.get(path) ?? hiddenAt(path, there), to }))
    .filter(({ path, from, to }) => isSecretPath(path) || !isDeepStrictEqual(from, to));
  return { isNew: present === null, changes, body: modelOf(changes) };
}

/** What OrderCloud does not give of a secret that it has: a target that is there has one. */
function hiddenAt(path: string, there: ReadonlyMap<string, unknown>): string | undefined {
  const target = path.slice(0, path.lastIndexOf('.') + 1);
  const isThere = target !== '' && [...there.keys()].some((each) => each.startsWith(target));
  return isSecretPath(path) && isThere ? HIDDEN : undefined;
}

/** A target that leads elsewhere now and would no longer; `isCertain` is false where OrderCloud does not show it. */
export type MovedTarget = { words: string; isCertain: boolean };

/**
 * Targets that lead elsewhere now, or may, and would no longer. A configuration has one target of a kind, so that
 * somebody else's may be in the place of ours.
 */
export function movedTargets({ deliveryConfig }: State, { targets }: Wanted): MovedTarget[] {
  const present = targetsOf(deliveryConfig);
  return targets.flatMap((target) => moved(present.get(target.name), target));
}

function moved(present: Model | undefined, { name, values, secrets }: WantedTarget): MovedTarget[] {
  if (present === undefined) return [];
  const shown = (property: string) => `${property} ${shownValue(property, present[property])}`;
  const properties = DESTINATION[name].filter((property) => {
    const former = present[property];
    return values[property] !== undefined && former && former !== values[property];
  });
  // Nearly every hub is called "products": what tells them apart is the namespace, which is in the connection string.
  if (name === 'EventHub' && properties.length === 0 && secrets.ConnectionString?.value !== undefined) {
    const words = `EventHub (${shown('EventHubName')}, in a namespace that OrderCloud does not show)`;
    return [{ words, isCertain: false }];
  }
  return properties.map((property) => ({ words: `${name} (${shown(property)})`, isCertain: true }));
}
