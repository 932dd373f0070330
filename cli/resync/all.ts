import { readFile, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { CommandError, usageError } from '../common/command-error.ts';
import { type CommandContext, type Confirmation, writeJson } from '../common/context.ts';
import { durationInWords } from '../common/progress.ts';
import { countOf } from '../common/text.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { listProducts } from '../ordercloud/catalog.ts';
import { orderCloudOf } from '../ordercloud/settings.ts';
import { requireSeller } from '../ordercloud/sync-state.ts';
import { requireProductSync } from './request-syncs.ts';
import { runSyncs } from './run-syncs.ts';
import { type ResyncReport, resyncText } from './text.ts';

export type ResyncAllFlags = {
  rate: number;
  yes?: true;
  json?: true;
  /** The progress file. */
  progress?: string;
  restart?: true;
};

/** Of the caller's folder. */
export const RESYNC_PROGRESS_FILE = '.resync-all.progress';

/** How far a run is. The same command goes on after `after`. */
const ProgressFile = z.object({
  orderCloud: z.string(),
  clientId: z.string(),
  startedAt: z.iso.datetime(),
  /** The last product that was asked for. */
  after: z.string(),
  requested: z.number(),
  refused: z.array(z.object({ productId: z.string(), code: z.string(), message: z.string() })),
});
type ProgressFile = z.infer<typeof ProgressFile>;

type Run = {
  api: OrderCloudApi;
  flags: ResyncAllFlags;
  context: CommandContext;
  signal: AbortSignal;
  path: string;
};

/** `resync --all`: the first load. Goes on where an interrupted run ended. */
export async function resyncAll(flags: ResyncAllFlags, context: CommandContext): Promise<number> {
  if (!flags.yes && context.ask === null) {
    throw usageError('--all asks first, and there is no terminal to ask at: pass --yes.');
  }
  const signal = context.interrupt();
  const api = await orderCloudOf(context);
  await requireSeller(api, { signal });
  await requireProductSync(api, signal);
  const path = resolve(context.folder, flags.progress ?? RESYNC_PROGRESS_FILE);
  const run = { api, flags, context, signal, path };
  const former = flags.restart ? null : await readProgress(run);
  const left = await countAfter(run, former?.after);
  const answer = await confirmed(run, { former, left });
  if (answer !== 'yes') {
    context.stderr.write('Nothing was asked for.\n');
    return answer === 'interrupted' ? 130 : 1;
  }
  return askForAll(run, { former, left });
}

type Start = { former: ProgressFile | null; left: number };

async function askForAll(run: Run, { former, left }: Start): Promise<number> {
  const { api, flags, context, signal, path } = run;
  const progress: ProgressFile = former ?? {
    orderCloud: api.baseUrl,
    clientId: api.clientId,
    startedAt: new Date().toISOString(),
    after: '',
    requested: 0,
    refused: [],
  };
  const done = progress.requested + progress.refused.length;
  const { failure } = await runSyncs(api, {
    ids: idsAfter(run, former?.after),
    total: done + left,
    done,
    rate: flags.rate,
    wait: null,
    signal,
    stderr: context.stderr,
    onRequested: async ({ productId, refusal }) => {
      progress.after = productId;
      if (refusal === null) progress.requested += 1;
      else progress.refused.push({ productId, ...refusal });
      await withFile(path, () => writeFileAtomic(path, JSON.stringify(progress), { mode: 0o600 }));
    },
  });
  const isDone = failure === null && !signal.aborted;
  if (isDone) await withFile(path, () => rm(path, { force: true }));
  const { requested, refused } = progress;
  const notAsked = isDone ? 0 : Math.max(0, done + left - requested - refused.length);
  tell(run, { requested, refused, arrivals: null, notAsked }, isDone);
  if (failure !== null) throw failure;
  if (signal.aborted) return 130;
  return refused.length === 0 ? 0 : 1;
}

function tell({ api, flags, context, path }: Run, report: ResyncReport, isDone: boolean): void {
  const isBegun = report.requested + report.refused.length > 0;
  if (flags.json) {
    writeJson(context, { orderCloud: api.baseUrl, ...report, progressFile: isDone ? null : path });
    return;
  }
  const again = isBegun
    ? `To go on, run the same command again: progress is kept in ${path}.`
    : 'To begin, run the same command again.';
  const next = isDone ? 'The messages arrive now; then compare: ordercloud-product-sync verify' : again;
  context.stdout.write(`${resyncText(report)}\n${next}\n`);
}

async function countAfter({ api, signal }: Run, after: string | undefined): Promise<number> {
  for await (const { total } of listProducts(api, { after, signal })) return total;
  return 0;
}

async function* idsAfter({ api, signal }: Run, after: string | undefined): AsyncGenerator<string> {
  for await (const { items } of listProducts(api, { after, signal })) yield* items.map(({ ID }) => ID);
}

async function confirmed({ flags, context, path }: Run, { former, left }: Start): Promise<Confirmation> {
  const done = former === null ? 0 : former.requested + former.refused.length;
  const which = done > 0 ? `the other ${left.toLocaleString('en-US')}` : 'each';
  const lines = [
    `OrderCloud lists ${countOf(done + left, 'product')}. Asking for ${which} at ${flags.rate} a second takes about ${durationInWords((left / flags.rate) * 1000)}.`,
    'OrderCloud means this endpoint for single products. For a whole catalog, the full sync of its portal is the alternative.',
    `Progress is kept in ${path}: after Ctrl-C the same command goes on there.`,
    ...(former === null
      ? []
      : [
          `Going on after ${done.toLocaleString('en-US')} of the run of ${former.startedAt} (--restart begins again).`,
        ]),
  ];
  context.stderr.write(`${lines.join('\n')}\n`);
  if (flags.yes || left === 0) return 'yes';
  return (await context.ask?.('Start?')) ?? 'no';
}

/** Progress of any age counts: what has changed since it was asked for, OrderCloud has sent by itself. */
async function readProgress({ api, path }: Run): Promise<ProgressFile | null> {
  const text = await withFile(path, () =>
    readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    }),
  );
  if (text === null) return null;
  const read = ProgressFile.safeParse(jsonOrNull(text));
  if (!read.success) {
    throw usageError(`${path} is no progress file of this program. Name another with --progress.`);
  }
  const { orderCloud, clientId } = read.data;
  if (orderCloud === api.baseUrl && clientId === api.clientId) return read.data;
  const [what, then, now] =
    orderCloud === api.baseUrl
      ? ['API client', clientId, api.clientId]
      : ['OrderCloud', orderCloud, api.baseUrl];
  throw usageError(
    `${path} keeps an interrupted run with another ${what} (${then}, now ${now}). Name another file with --progress, or begin again with --restart.`,
  );
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function withFile<Result>(path: string, access: () => Promise<Result>): Promise<Result> {
  return access().catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(
      `The progress file ${path} cannot be used (${error.code ?? 'unknown error'}). Name another with --progress.`,
      { cause: error },
    );
  });
}
