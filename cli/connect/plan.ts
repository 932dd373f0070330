import { isDeepStrictEqual } from 'node:util';
import { CommandError } from '../common/command-error.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import {
  HIDDEN,
  isSecretPath,
  leavesOf,
  type Model,
  type ModelChange,
  modelOf,
  shownValue,
} from '../ordercloud/model.ts';
import { readDeliveryConfig, readProductSync, targetsOf } from '../ordercloud/sync-state.ts';
import type { ConfigPart } from '../ordercloud/write-config.ts';
import type { WantedTarget, WantedValue } from './target.ts';

/** What OrderCloud holds of product synchronization; null for what is not there. */
export type State = { deliveryConfig: Model | null; productSync: Model | null };

/** What the command is asked for. */
export type Wanted = {
  deliveryConfigId: string;
  targets: readonly WantedTarget[];
  /** Without it, messages carry prices or not, as before. */
  excludePriceSchedules: true | undefined;
};

/** Every property of the targets as it is to be. */
export function valuesIn({ targets }: Wanted): WantedValue[] {
  return targets.flatMap(({ properties }) => Object.values(properties));
}

/**
 * What has to be written: the delivery configuration first, because the synchronization refers to it. Only what differs
 * is written, by a patch. So properties that this program does not know stay, and so do secrets, which a GET never
 * returns.
 */
export function planFor(api: OrderCloudApi, state: State, wanted: Wanted): [ConfigPart, ConfigPart] {
  const { deliveryConfigId: id, excludePriceSchedules } = wanted;
  const deliveryChanges = deliveryConfigChanges(state.deliveryConfig, wanted);
  const syncChanges = differing(state.productSync, {
    SyncProductChanged: true,
    SyncProductDeleted: true,
    DeliveryConfigID: id,
    ...(state.productSync === null && { Paused: false, ExcludePriceSchedules: false }),
    ...(excludePriceSchedules && { ExcludePriceSchedules: true }),
  });
  return [
    checked({
      name: `delivery configuration "${id}"`,
      present: state.deliveryConfig,
      changes: deliveryChanges,
      read: () => readDeliveryConfig(api, id),
      write: () =>
        api.call((sdk, rest): Promise<unknown> => {
          const body = modelOf(deliveryChanges) as never;
          // A POST does not overwrite what somebody else has created meanwhile, as a PUT would.
          return state.deliveryConfig === null
            ? sdk.DeliveryConfigurations.Create(body, rest)
            : sdk.DeliveryConfigurations.Patch(id, body, rest);
        }),
    }),
    checked({
      name: 'configuration of product synchronization',
      present: state.productSync,
      changes: syncChanges,
      read: () => readProductSync(api),
      write: () =>
        api.call((sdk, rest): Promise<unknown> => {
          const body = modelOf(syncChanges) as never;
          return state.productSync === null
            ? sdk.ProductSynchronization.Save(body, rest)
            : sdk.ProductSynchronization.Patch(body, rest);
        }),
    }),
  ];
}

function deliveryConfigChanges(present: Model | null, { deliveryConfigId, targets }: Wanted): ModelChange[] {
  const there = targetsOf(present);
  return [
    ...differing(present, {
      ...(present === null && { ID: deliveryConfigId, Name: 'Product sync' }),
      Enabled: true,
    }),
    ...targets.flatMap((target) => targetChanges(there.get(target.name), target)),
  ];
}

/** A given secret is always written, since nobody can compare it with the one that OrderCloud does not show. */
function targetChanges(present: Model | undefined, { name, properties }: WantedTarget): ModelChange[] {
  const changes = Object.entries(properties).map(([property, { value: to, origin }]) => {
    const hidden = present && isSecretPath(property) ? HIDDEN : undefined;
    const from = present?.[property] ?? hidden;
    return { path: `DeliveryTargets.${name}.${property}`, from, to, ...(origin && { origin }) };
  });
  return changes.filter(({ from, to }) => from !== to);
}

function differing(present: Model | null, wanted: Model): ModelChange[] {
  return Object.entries(wanted)
    .map(([path, to]) => ({ path, from: present?.[path] ?? undefined, to }))
    .filter(({ from, to }) => from !== to);
}

function checked(part: ConfigPart): ConfigPart {
  return { ...part, write: async () => requireKept(await part.write(), part) };
}

/** Checks OrderCloud's answer: everything that was not to change must still be there. */
function requireKept(answer: unknown, { name, present, changes }: ConfigPart): void {
  const expected = leavesOf(present);
  for (const { path, to } of changes) expected.set(path, to);
  const found = leavesOf(answer as Model | null);
  const differing = [...expected].filter(
    ([path, value]) => !isSecretPath(path) && !isDeepStrictEqual(found.get(path), value),
  );
  if (differing.length === 0) return;
  const list = differing.map(([path, value]) => `${path} (should be ${shownValue(path, value)})`);
  throw new CommandError(
    `OrderCloud saved the ${name}, but its answer differs from what was asked for: ${list.join(', ')}. Look at it in the portal.`,
  );
}

/** A target that would get a new address; `isCertain` is false if OrderCloud does not show where it leads now. */
export type MovedTarget = { words: string; isCertain: boolean };

/** Say how to log in, not where. */
const LOGIN_PROPERTIES = ['SaslUsername', 'CustomAuthHeaderName'];

/**
 * Targets that would get a new address, or might. A configuration has one target of each kind, so the one that is there
 * may be somebody else's.
 */
export function movedTargets({ present, changes }: ConfigPart): MovedTarget[] {
  const moved = changes.flatMap(({ path, from }) => {
    const [, target, property = ''] = path.split('.');
    if (!target || !from || isSecretPath(path) || LOGIN_PROPERTIES.includes(property)) return [];
    return [{ words: `${target} (${property} ${shownValue(path, from)})`, isCertain: true }];
  });
  const hub = targetsOf(present).get('EventHub')?.EventHubName;
  const isChanged = (property: string) =>
    changes.some(({ path }) => path === `DeliveryTargets.EventHub.${property}`);
  // Nearly every hub is called "products": what tells them apart is the namespace, which is in the connection string.
  if (hub && isChanged('ConnectionString') && !isChanged('EventHubName')) {
    const name = `EventHubName ${shownValue('EventHubName', hub)}`;
    const words = `EventHub (${name}, in a namespace that OrderCloud does not show)`;
    moved.push({ words, isCertain: false });
  }
  return moved;
}
