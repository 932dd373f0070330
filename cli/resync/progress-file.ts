import { readFile, rm } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { CommandError, usageError } from '../common/command-error.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import type { ResyncReport } from './run-syncs.ts';

/** In the current folder. */
export const RESYNC_PROGRESS_FILE = '.resync-all.progress';

/** How far a run is. The same command goes on after `after`. */
const Progress = z.object({
  orderCloud: z.string(),
  clientId: z.string(),
  startedAt: z.iso.datetime(),
  /** The last product that was asked for; empty where none was. */
  after: z.string(),
  requested: z.number(),
  refused: z.array(z.object({ productId: z.string(), code: z.string(), message: z.string() })),
});

/** The progress of `resync --all`, in a file. */
export type ProgressFile = Awaited<ReturnType<typeof openProgressFile>>;

/**
 * Reads how far an interrupted run has come. Its age does not matter: OrderCloud itself has sent what has changed since.
 */
export async function openProgressFile(
  { baseUrl: orderCloud, clientId }: OrderCloudApi,
  { path, restart }: { path: string; restart: boolean },
) {
  const fresh = {
    orderCloud,
    clientId,
    startedAt: new Date().toISOString(),
    after: '',
    requested: 0,
    refused: [],
  };
  const former = (restart ? null : await read(path)) ?? fresh;
  for (const [what, then, now] of [
    ['OrderCloud', former.orderCloud, orderCloud],
    ['API client', former.clientId, clientId],
  ]) {
    if (then === now) continue;
    throw usageError(
      `${path} keeps an interrupted run with another ${what} (${then}, now ${now}). Name another file with --progress, or begin again with --restart.`,
    );
  }
  return {
    path,
    /** What interrupted runs have done before. */
    former,
    /** Notes the last product, and what was done until then. */
    async note(after: string, { requested, refused }: ResyncReport): Promise<void> {
      const progress = JSON.stringify({ ...former, after, requested, refused });
      await writeFileAtomic(path, progress, { mode: 0o600 }).catch(unusable(path));
    },
    remove: () => rm(path, { force: true }).catch(unusable(path)),
  };
}

async function read(path: string): Promise<z.infer<typeof Progress> | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? null : unusable(path)(error),
  );
  if (text === null) return null;
  try {
    return Progress.parse(JSON.parse(text));
  } catch {
    throw usageError(`${path} is no progress file of this program. Name another with --progress.`);
  }
}

function unusable(path: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw new CommandError(
      `The progress file ${path} cannot be used (${error.code ?? 'unknown error'}). Name another with --progress.`,
      { cause: error },
    );
  };
}
