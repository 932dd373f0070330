import { isDeepStrictEqual } from 'node:util';
import {
  HIDDEN,
  isModel,
  isSecretPath,
  leavesOf,
  type Model,
  type ModelChange,
  modelOf,
  shownValue,
} from '../ordercloud/model.ts';
import { DESTINATION, type WantedTarget } from './target.ts';

/** What OrderCloud holds of product synchronization; null for what is not there. */
export type State = { deliveryConfig: Model | null; productSync: Model | null };

/** What the command is asked for. */
export type Wanted = {
  deliveryConfigId: string;
  /** Undefined leaves the name that is there. */
  name: string | undefined;
  targets: readonly WantedTarget[];
  /** Undefined leaves it as it is. */
  excludePriceSchedules: boolean | undefined;
};

/** What is to be written: only what differs, so that nothing else can be lost. */
export type Plan = {
  deliveryConfigId: string;
  deliveryConfig: { isNew: boolean; changes: readonly ModelChange[]; body: Model };
  productSync: { isNew: boolean; changes: readonly ModelChange[]; body: Model };
};

/** What has to be written to come from what is there to what is wanted. */
export function planFor(state: State, wanted: Wanted): Plan {
  const { deliveryConfigId, name, targets, excludePriceSchedules } = wanted;
  const isNew = state.deliveryConfig === null;
  const deliveryConfig = {
    ...(isNew && { ID: deliveryConfigId }),
    ...((isNew || name !== undefined) && { Name: name ?? 'Product sync' }),
    Enabled: true,
    DeliveryTargets: Object.fromEntries(targets.map((target) => [target.name, target.values])),
  };
  const removed = targets.flatMap((target) =>
    (target.removed ?? []).map((property) => `DeliveryTargets.${target.name}.${property}`),
  );
  const isFirstSync = state.productSync === null;
  const productSync = {
    SyncProductChanged: true,
    SyncProductDeleted: true,
    DeliveryConfigID: deliveryConfigId,
    ...(isFirstSync && { Paused: false, ExcludePriceSchedules: false }),
    ...(excludePriceSchedules !== undefined && { ExcludePriceSchedules: excludePriceSchedules }),
  };
  return {
    deliveryConfigId,
    deliveryConfig: difference(state.deliveryConfig, deliveryConfig, removed),
    productSync: difference(state.productSync, productSync, []),
  };
}

/** Whether there is nothing to write. Secrets that are given are always written: they cannot be compared. */
export function isDone({ deliveryConfig, productSync }: Plan): boolean {
  return deliveryConfig.changes.length === 0 && productSync.changes.length === 0;
}

/** The target of this name, as OrderCloud has it. */
export function presentTarget(deliveryConfig: Model | null, name: string): Model | null {
  const targets = deliveryConfig?.DeliveryTargets;
  const target = isModel(targets) ? targets[name] : null;
  return isModel(target) ? target : null;
}

/** The names of all targets that a delivery configuration has. */
export function presentTargets(deliveryConfig: Model | null): string[] {
  const targets = deliveryConfig?.DeliveryTargets;
  return isModel(targets) ? Object.keys(targets).filter((name) => isModel(targets[name])) : [];
}

function difference(present: Model | null, wanted: Model, removed: readonly string[]) {
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
  return targets.flatMap((target) => {
    const present = presentTarget(deliveryConfig, target.name);
    return present === null ? [] : moved(present, target);
  });
}

function moved(present: Model, { name, values }: WantedTarget): MovedTarget[] {
  const shown = (property: string) => `${property} ${shownValue(property, present[property])}`;
  const properties = DESTINATION[name].filter((property) => {
    const former = present[property];
    return values[property] !== undefined && former && !isDeepStrictEqual(former, values[property]);
  });
  // Nearly every hub is called "products": what tells them apart is the namespace, which is in the connection string.
  if (name === 'EventHub' && properties.length === 0 && values.ConnectionString !== undefined) {
    const words = `EventHub (${shown('EventHubName')}, in a namespace that OrderCloud does not show)`;
    return [{ words, isCertain: false }];
  }
  return properties.map((property) => ({ words: `${name} (${shown(property)})`, isCertain: true }));
}
