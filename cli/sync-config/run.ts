import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { asReadError } from '../common/command-error.ts';
import { type CommandContext, print, requireTerminal } from '../common/context.ts';
import { changeLines, changesBetween, shownChanges, withoutSecrets } from '../ordercloud/model.ts';
import { orderCloudOf } from '../ordercloud/settings.ts';
import { readProductSync, requireProductSync } from '../ordercloud/sync-state.ts';
import {
  type ConfigPart,
  type ConfigWrite,
  type WriteFlags,
  writeConfig,
} from '../ordercloud/write-config.ts';
import { configFrom, differingFrom, patchFrom } from './properties.ts';

/** `sync-config get`: the configuration as JSON, as `put` takes it. */
export async function getConfig(context: CommandContext): Promise<number> {
  const api = await orderCloudOf(context);
  print(context, withoutSecrets(await requireProductSync(api)));
  return 0;
}

/** `sync-config put`: replaces the whole. */
export async function putConfig(file: string, flags: WriteFlags, context: CommandContext): Promise<number> {
  requireTerminal(context, flags, 'put asks first');
  const { config, unknown } = configFrom(await contentsOf(file, context.folder), file);
  const api = await orderCloudOf(context);
  const present = await readProductSync(api);
  return writeSyncConfig({
    api,
    context,
    flags,
    present,
    changes: changesBetween(present, config),
    question: `${present === null ? 'Create' : 'Replace'} the configuration in ${api.baseUrl}?`,
    notes: unknown.map((name) => `${name} is not in the model known here; it is sent as it is.`),
    write: () => api.call((sdk, rest) => sdk.ProductSynchronization.Save(config, rest)),
    done: 'Saved.',
  });
}

/** `sync-config patch`, `pause` and `resume`. */
export async function patchConfig(
  assignments: readonly string[],
  { done = 'Saved.', ...flags }: WriteFlags & { done?: string },
  context: CommandContext,
): Promise<number> {
  const patch = patchFrom(assignments);
  const api = await orderCloudOf(context);
  const present = await requireProductSync(api);
  return writeSyncConfig({
    api,
    context,
    flags,
    present,
    changes: differingFrom(present, patch),
    question: null,
    write: () => api.call((sdk, rest) => sdk.ProductSynchronization.Patch(patch, rest), { idempotent: true }),
    done,
  });
}

/** `sync-config delete`: OrderCloud sends no more product messages, to any target. */
export async function deleteConfig(flags: WriteFlags, context: CommandContext): Promise<number> {
  requireTerminal(context, flags, 'delete asks first');
  const api = await orderCloudOf(context);
  const present = await requireProductSync(api);
  return writeSyncConfig({
    api,
    context,
    flags,
    present,
    changes: changesBetween(present, null),
    question: `Delete the configuration in ${api.baseUrl}? OrderCloud sends no product messages then, to nobody.`,
    write: () => api.call((sdk, rest) => sdk.ProductSynchronization.Delete(rest)),
    done: 'Deleted. The delivery configuration is still there; connect uses it again.',
  });
}

async function contentsOf(file: string, folder: string): Promise<string> {
  if (file === '-') return textOf(process.stdin);
  return readFile(resolve(folder, file), 'utf8').catch((error: unknown) => {
    throw asReadError(file, error);
  });
}

type SyncConfigWrite = Pick<ConfigPart, 'present' | 'changes' | 'write'> &
  Omit<ConfigWrite, 'parts' | 'text' | 'result'> & { notes?: readonly string[] };

function writeSyncConfig({ notes = [], present, changes, write, ...rest }: SyncConfigWrite) {
  const name = 'configuration of product synchronization';
  const read = () => readProductSync(rest.api);
  const lines = [...changeLines(changes), ...notes.map((note) => `  ! ${note}`)];
  return writeConfig({
    ...rest,
    parts: [{ name, present, changes, read, write }],
    text: lines.map((line) => `${line}\n`).join(''),
    result: { changes: shownChanges(changes), notes },
  });
}
