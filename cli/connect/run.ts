import { CommandError, usageError } from '../common/command-error.ts';
import { type CommandContext, givenSettings, requireTerminal } from '../common/context.ts';
import { textOf } from '../ordercloud/model.ts';
import { orderCloudOf } from '../ordercloud/settings.ts';
import { readDeliveryConfig, readProductSync, targetsOf } from '../ordercloud/sync-state.ts';
import { writeConfig } from '../ordercloud/write-config.ts';
import { httpDeliveryTarget } from './http-target.ts';
import { eventHubDeliveryTarget, kafkaDeliveryTarget, searchDeliveryTarget } from './other-targets.ts';
import { movedTargets, planFor, valuesIn, type Wanted } from './plan.ts';
import type { ConnectFlags, TargetName, TargetSources, WantedTarget } from './target.ts';
import { doneText, notesFor, planJson, planText } from './text.ts';

const TARGETS: Record<TargetName, (sources: TargetSources) => Promise<WantedTarget>> = {
  Http: httpDeliveryTarget,
  EventHub: eventHubDeliveryTarget,
  Kafka: kafkaDeliveryTarget,
  SearchIngestion: searchDeliveryTarget,
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
  const productSync = await readProductSync(api);
  const formerId = textOf(productSync?.DeliveryConfigID);
  const id = flags.id ?? formerId ?? DEFAULT_ID;
  const deliveryConfig = await readDeliveryConfig(api, id);
  const given = await givenSettings(context);
  const names: TargetName[] = flags.searchIngestion ? [transport, 'SearchIngestion'] : [transport];
  const targets: WantedTarget[] = [];
  for (const name of names) {
    const present = targetsOf(deliveryConfig).get(name) ?? null;
    targets.push(await TARGETS[name]({ flags, given, present, context }));
  }
  const { excludePriceSchedules } = flags;
  const wanted: Wanted = { deliveryConfigId: id, targets, excludePriceSchedules };
  const state = { productSync, deliveryConfig };
  const parts = planFor(api, state, wanted);
  const moved = movedTargets(parts[0]);
  if (flags.yes && !flags.replace && !flags.dryRun && moved.length > 0) {
    throw new CommandError(
      `A target has another address now, or may have, perhaps of somebody else's system: ${moved.map(({ words }) => words).join(', ')}. Nothing was changed. To replace it, pass --replace as well as --yes.`,
    );
  }
  const isReplaced = formerId !== undefined && formerId !== id;
  const replaced = isReplaced ? await readDeliveryConfig(api, formerId) : null;
  const notes = notesFor(state, wanted, { moved, replaced });
  const generated = valuesIn(wanted).find(({ isGenerated }) => isGenerated);
  const newSecret = flags.dryRun ? undefined : generated?.value;
  const plan = { parts, deliveryConfigId: id, notes, newSecret };
  return writeConfig({
    context,
    api,
    flags,
    parts,
    text: planText(plan, api.baseUrl),
    question: `Change this in ${api.baseUrl}?`,
    done: doneText(id),
    result: planJson(plan),
  });
}
