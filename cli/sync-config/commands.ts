import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { changesBetween, type Model } from '../ordercloud/model.ts';
import { withoutSecrets } from '../ordercloud/secret-values.ts';
import { type OrderCloudSurroundings, orderCloudOf } from '../ordercloud/surroundings.ts';
import { readProductSync } from '../ordercloud/sync-state.ts';
import { CommandError } from '../support/command-error.ts';
import { misuse, writeJson } from '../support/surroundings.ts';
import { configFrom, differingFrom, patchFrom } from './properties.ts';
import { requireAsking, type WriteFlags, writeConfig } from './write.ts';

const NONE =
  'OrderCloud has no configuration of product synchronization yet. Make one with: ordercloud-product-sync connect';

/** `sync-config get`: the configuration as JSON, as `put` takes it. */
export async function getConfig(at: OrderCloudSurroundings): Promise<number> {
  const api = await orderCloudOf(at);
  writeJson(at, withoutSecrets(await presentConfig(api)));
  return 0;
}

/** `sync-config put`: replaces the whole. */
export async function putConfig(
  file: string,
  flags: WriteFlags,
  at: OrderCloudSurroundings,
): Promise<number> {
  requireAsking(flags, at, 'put');
  if (file === '-' && !flags.yes) {
    throw misuse('With - the file comes from standard input, where no question can be answered: pass --yes.');
  }
  const { config, unknown } = configFrom(await contentsOf(file, at.folder), file);
  const api = await orderCloudOf(at);
  const present = await readProductSync(api);
  return writeConfig({
    api,
    at,
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
  at: OrderCloudSurroundings,
  done = 'Saved.',
): Promise<number> {
  const patch = patchFrom(assignments);
  const api = await orderCloudOf(at);
  const present = await presentConfig(api);
  return writeConfig({
    api,
    at,
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
export async function deleteConfig(flags: WriteFlags, at: OrderCloudSurroundings): Promise<number> {
  requireAsking(flags, at, 'delete');
  const api = await orderCloudOf(at);
  const present = await presentConfig(api);
  return writeConfig({
    api,
    at,
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
