import { isDeepStrictEqual } from 'node:util';
import { CommandError, usageError } from '../common/command-error.ts';
import { type CommandContext, givenSettings, requireTerminal } from '../common/context.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { leavesOf, type Model, textOf } from '../ordercloud/model.ts';
import { orderCloudOf } from '../ordercloud/settings.ts';
import { isSecretPath, shownValue } from '../ordercloud/shown.ts';
import { readDeliveryConfig, readProductSync } from '../ordercloud/sync-state.ts';
import { type ConfigPart, type WriteFlags, writeConfig } from '../ordercloud/write-config.ts';
import { httpTarget } from './http-target.ts';
import { eventHubTarget, kafkaTarget, searchTarget } from './other-targets.ts';
import { movedTargets, type Plan, planFor, type State, targetsOf, type Wanted } from './plan.ts';
import type { TargetFlags, TargetName, TargetSources, WantedTarget } from './target.ts';
import { doneText, notesFor, planJson, planText } from './text.ts';

/** The options of the command, as commander gives them. */
export type ConnectFlags = WriteFlags &
  TargetFlags & {
    id?: string;
    searchIngestion?: true;
    excludePriceSchedules?: boolean;
    replace?: true;
  };

/** How each target is made from what is given and what is there. */
const TARGETS: Record<TargetName, (sources: TargetSources) => Promise<WantedTarget>> = {
  Http: httpTarget,
  EventHub: eventHubTarget,
  Kafka: kafkaTarget,
  SearchIngestion: searchTarget,
};

const DEFAULT_ID = 'product-sync';

/** `connect`: lets OrderCloud send its product messages to this app. Resolves to the exit code. */
export async function runConnect(
  transport: TargetName,
  flags: ConnectFlags,
  context: CommandContext,
): Promise<number> {
  requireTerminal(context, flags, 'connect asks before it changes anything');
  if (flags.id !== undefined && !/^[\w-]{1,100}$/.test(flags.id)) {
    throw usageError('--id may hold letters, digits, - and _ only.');
  }
  const api = await orderCloudOf(context);
  // Until something is written, Ctrl-C may end the process at once.
  const productSync = await readProductSync(api);
  const formerId = textOf(productSync?.DeliveryConfigID);
  const id = flags.id ?? formerId ?? DEFAULT_ID;
  const state = { productSync, deliveryConfig: await readDeliveryConfig(api, id) };
  const names: TargetName[] = flags.searchIngestion ? [transport, 'SearchIngestion'] : [transport];
  const wanted: Wanted = {
    deliveryConfigId: id,
    targets: await wantedTargets(names, state, { flags, context }),
    excludePriceSchedules: flags.excludePriceSchedules,
  };
  const moved = movedTargets(state, wanted);
  if (flags.yes && !flags.replace && !flags.dryRun && moved.length > 0) {
    throw new CommandError(
      `A target has another address now, or may have, perhaps of somebody else's system: ${moved.map(({ words }) => words).join(', ')}. Nothing was changed. To replace it, pass --replace as well as --yes.`,
    );
  }
  const plan = planFor(state, wanted);
  const isReplaced = formerId !== undefined && formerId !== id;
  const notes = notesFor(state, wanted, isReplaced ? await readDeliveryConfig(api, formerId) : null);
  const shown = { baseUrl: api.baseUrl, plan, wanted, notes, isDryRun: flags.dryRun === true };
  return writeConfig({
    context,
    flags,
    parts: partsOf(api, plan, { state, id }),
    text: planText(shown),
    question: `Change this in ${api.baseUrl}?`,
    done: doneText(wanted),
    result: (isWritten) => planJson(shown, isWritten),
  });
}

async function wantedTargets(
  names: readonly TargetName[],
  { deliveryConfig }: State,
  { flags, context }: { flags: ConnectFlags; context: CommandContext },
): Promise<WantedTarget[]> {
  const given = await givenSettings(context);
  const targets: WantedTarget[] = [];
  for (const name of names) {
    const present = targetsOf(deliveryConfig).get(name) ?? null;
    const isDryRun = flags.dryRun === true;
    targets.push(await TARGETS[name]({ flags, given, present, askSecret: context.askSecret, isDryRun }));
  }
  return targets;
}

/**
 * The delivery configuration first, because the synchronization refers to it. What is there is patched and never
 * replaced: what this program does not know stays, and secrets, which a GET does not give, too.
 */
function partsOf(api: OrderCloudApi, plan: Plan, { state, id }: { state: State; id: string }): ConfigPart[] {
  const { deliveryConfig, productSync } = plan;
  const parts: ConfigPart[] = [
    {
      name: `delivery configuration "${id}"`,
      present: state.deliveryConfig,
      changes: deliveryConfig.changes,
      read: (options) => readDeliveryConfig(api, id, options),
      write: (options) =>
        api.call((sdk, rest): Promise<unknown> => {
          // A POST does not overwrite what somebody else has created meanwhile, as a PUT would.
          return deliveryConfig.isNew
            ? sdk.DeliveryConfigurations.Create(deliveryConfig.body as never, rest)
            : sdk.DeliveryConfigurations.Patch(id, deliveryConfig.body as never, rest);
        }, options),
    },
    {
      name: 'configuration of product synchronization',
      present: state.productSync,
      changes: productSync.changes,
      read: (options) => readProductSync(api, options),
      write: (options) =>
        api.call((sdk, rest): Promise<unknown> => {
          return productSync.isNew
            ? sdk.ProductSynchronization.Save(productSync.body as never, rest)
            : sdk.ProductSynchronization.Patch(productSync.body as never, rest);
        }, options),
    },
  ];
  return parts.map((part) => ({
    ...part,
    write: async (options) => requireKept(await part.write(options), part),
  }));
}

/** Looks at what OrderCloud says it holds now: all that was there and was not to change must still be there. */
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
