import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { CommandError, interrupted, isAbort, usageError } from '../common/command-error.ts';
import { type CommandContext, writeJson } from '../common/context.ts';
import { changeLines, shownChanges } from '../connect/text.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { changesBetween, type Model, type ModelChange, withoutSecrets } from '../ordercloud/model.ts';
import { OrderCloudError } from '../ordercloud/ordercloud-error.ts';
import { orderCloudOf } from '../ordercloud/settings.ts';
import { readProductSync } from '../ordercloud/sync-state.ts';
import { configFrom, differingFrom, patchFrom } from './properties.ts';

const NONE =
  'OrderCloud has no configuration of product synchronization yet. Make one with: ordercloud-product-sync connect';

/** `sync-config get`: the configuration as JSON, as `put` takes it. */
export async function getConfig(context: CommandContext): Promise<number> {
  const api = await orderCloudOf(context);
  writeJson(context, withoutSecrets(await presentConfig(api)));
  return 0;
}

/** `sync-config put`: replaces the whole. */
export async function putConfig(file: string, flags: WriteFlags, context: CommandContext): Promise<number> {
  requireAsking(flags, context, 'put');
  if (file === '-' && !flags.yes && !flags.dryRun) {
    throw usageError(
      'With - the file comes from standard input, where no question can be answered: pass --yes.',
    );
  }
  const { config, unknown } = configFrom(await contentsOf(file, context.folder), file);
  const api = await orderCloudOf(context);
  const present = await readProductSync(api);
  return writeConfig({
    api,
    context,
    flags,
    present,
    changes: changesBetween(present, config),
    question: `${present === null ? 'Create' : 'Replace'} the configuration in ${api.baseUrl}?`,
    notes: unknown.map((name) => `${name} is not in the model known here; it is sent as it is.`),
    write: (signal) =>
      api.call((sdk, options) => sdk.ProductSynchronization.Save(config, options), { signal }),
    done: 'Saved.',
  });
}

/** `sync-config patch`, and what is short for it. */
export async function patchConfig(
  assignments: readonly string[],
  flags: WriteFlags,
  context: CommandContext,
  done = 'Saved.',
): Promise<number> {
  const patch = patchFrom(assignments);
  const api = await orderCloudOf(context);
  const present = await presentConfig(api);
  return writeConfig({
    api,
    context,
    flags,
    present,
    changes: differingFrom(present, patch),
    question: null,
    write: (signal) =>
      api.call((sdk, options) => sdk.ProductSynchronization.Patch(patch, options), {
        signal,
        idempotent: true,
      }),
    done,
  });
}

/** `sync-config delete`: OrderCloud sends no more product messages, to any target. */
export async function deleteConfig(flags: WriteFlags, context: CommandContext): Promise<number> {
  requireAsking(flags, context, 'delete');
  const api = await orderCloudOf(context);
  const present = await presentConfig(api);
  return writeConfig({
    api,
    context,
    flags,
    present,
    changes: changesBetween(present, null),
    question: `Delete the configuration in ${api.baseUrl}? OrderCloud sends no product messages then, to nobody.`,
    write: (signal) => api.call((sdk, options) => sdk.ProductSynchronization.Delete(options), { signal }),
    done: 'Deleted. The delivery configuration is still there; connect uses it again.',
  });
}

async function presentConfig(api: OrderCloudApi): Promise<Model> {
  const present = await readProductSync(api);
  if (present === null) throw new CommandError(NONE);
  return present;
}

async function contentsOf(file: string, folder: string): Promise<string> {
  if (file === '-') return textOf(process.stdin);
  return readFile(resolve(folder, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${file} cannot be read (${error.code}).`, { cause: error });
  });
}

export type WriteFlags = { dryRun?: true; yes?: true; json?: true };

type Writing = {
  api: OrderCloudApi;
  context: CommandContext;
  flags: WriteFlags;
  /** As read before; null where there is none. */
  present: Model | null;
  changes: readonly ModelChange[];
  /** Null does not ask. */
  question: string | null;
  notes?: readonly string[];
  write: (signal: AbortSignal) => Promise<unknown>;
  done: string;
};

/** Nobody is asked where nobody is. */
function requireAsking(flags: WriteFlags, context: CommandContext, command: string): void {
  if (flags.yes || flags.dryRun || context.ask !== null) return;
  throw usageError(`${command} asks first, and there is no terminal to ask at: pass --yes.`);
}

/** Shows what changes, asks, checks that it is still as it was shown, and writes. Resolves to the exit code. */
async function writeConfig(writing: Writing): Promise<number> {
  const { api, context, flags, present, changes, question, notes = [], done } = writing;
  if (changes.length === 0) return report(writing, false, 'Nothing to change: it is so already.');
  if (!flags.json || (question !== null && !flags.yes)) {
    const lines = [...changeLines(changes), ...notes.map((note) => `  ! ${note}`), ''];
    (flags.json ? context.stderr : context.stdout).write(lines.join('\n'));
  }
  if (flags.dryRun) return report(writing, false, 'A dry run: nothing was changed.');
  const answer = question === null || flags.yes ? 'yes' : ((await context.ask?.(question)) ?? 'no');
  if (answer !== 'yes') {
    context.stderr.write('Nothing was changed.\n');
    return answer === 'interrupted' ? 130 : 1;
  }
  const signal = context.interrupt();
  const found = await readProductSync(api, { signal }).catch((error: unknown) => {
    throw isAbort(error) ? interrupted('Nothing was changed.') : error;
  });
  const meanwhile = changesBetween(present, found);
  if (meanwhile.length > 0) {
    throw new CommandError(
      `Somebody else has changed it meanwhile; nothing was written. Run the command again.\n${changeLines(meanwhile).join('\n')}`,
    );
  }
  await writing.write(signal).catch((error: unknown) => {
    throw withConsequence(error);
  });
  return report(writing, true, done);
}

function withConsequence(error: unknown): unknown {
  const unknownState =
    'It is not known whether it was carried out: ordercloud-product-sync sync-config get shows what is there.';
  if (isAbort(error)) return interrupted(unknownState, error);
  if (!(error instanceof OrderCloudError)) return error;
  const isUnknown = error.status === null || error.status >= 500;
  return new CommandError(`${error.message} ${isUnknown ? unknownState : 'Nothing was changed.'}`, {
    cause: error,
  });
}

function report(
  { api, context, flags, changes, notes = [] }: Writing,
  written: boolean,
  text: string,
): number {
  if (flags.json) writeJson(context, { api: api.baseUrl, written, changes: shownChanges(changes), notes });
  else context.stdout.write(`${text}\n`);
  return 0;
}
