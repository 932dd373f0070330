import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { listProducts } from '../ordercloud/list-all.ts';
import { requireSeller } from '../ordercloud/require-seller.ts';
import { type OrderCloudSurroundings, orderCloudOf } from '../ordercloud/surroundings.ts';
import { countOf } from '../support/count-of.ts';
import { type Journal, openJournal } from '../support/journal.ts';
import { misuse, writeJson } from '../support/surroundings.ts';
import { durationInWords } from '../support/time-left.ts';
import { isComplete, resyncReport, resyncText } from './report.ts';
import { NOTHING, type Requested, requireProductSync } from './request-sync.ts';
import { runSyncs } from './run-syncs.ts';

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

/** A product that was asked for. */
const Entry = z.object({ id: z.string(), code: z.string().optional() });
type Entry = z.infer<typeof Entry>;

/** `resync --all`: the first load. Goes on where an interrupted run ended. */
export async function resyncAll(flags: ResyncAllFlags, at: OrderCloudSurroundings): Promise<number> {
  if (!flags.yes && at.ask === null) {
    throw misuse('--all asks first, and there is no terminal to ask at: pass --yes.');
  }
  const signal = at.interrupt();
  const api = await orderCloudOf(at);
  await requireSeller(api, { signal });
  await requireProductSync(api, signal);
  const path = resolve(at.folder, flags.progress ?? RESYNC_PROGRESS_FILE);
  const subject = { command: 'resync --all', OrderCloud: api.baseUrl, 'API client': api.clientId };
  const restart = flags.restart === true;
  // Of any age: what has changed since it was asked for, OrderCloud has sent by itself.
  const journal = await openJournal({ path, entry: Entry, subject, restart });
  try {
    return await askForAll(journal, { api, flags, at, signal });
  } finally {
    journal.close();
  }
}

type Context = {
  api: OrderCloudApi;
  flags: ResyncAllFlags;
  at: OrderCloudSurroundings;
  signal: AbortSignal;
};

async function askForAll(journal: Journal<Entry>, { api, flags, at, signal }: Context): Promise<number> {
  const { path } = journal;
  const done = journal.entries.length;
  const after = journal.entries.at(-1)?.id;
  const total = done + (await countAfter(api, after, signal));

  const answer = await confirmed({ total, done, journal, flags, at });
  if (answer !== 'yes') {
    at.stderr.write('Nothing was asked for.\n');
    return answer === 'interrupted' ? 130 : 1;
  }
  const ids = idsAfter(api, after, signal);
  const onRequested = ({ productId, refusal }: Requested) =>
    journal.append({ id: productId, ...(refusal && { code: refusal.code }) });
  const run = { ids, total, done, rate: flags.rate, wait: null, signal, stderr: at.stderr, onRequested };
  const { requested, failure } = await runSyncs(api, run);

  const isDone = failure === null && !signal.aborted;
  if (isDone) await journal.remove();
  const all = [...journal.entries.map(fromEntry), ...requested];
  const report = resyncReport(all, null, isDone ? 0 : Math.max(0, total - all.length));
  const progressFile = isDone ? null : path;
  if (flags.json) writeJson(at, { orderCloud: api.baseUrl, ...report, progressFile });
  else {
    const next = isDone
      ? 'The messages arrive by and by; then compare: ordercloud-product-sync verify'
      : wayOn(path);
    at.stdout.write(`${resyncText(report)}\n${next}\n`);
  }
  if (failure !== null) throw failure;
  return signal.aborted ? 130 : isComplete(report) ? 0 : 1;
}

function wayOn(path: string): string {
  return existsSync(path)
    ? `To go on, run the same command again: what is done is kept in ${path}.`
    : 'To begin, run the same command again.';
}

async function countAfter(
  api: OrderCloudApi,
  after: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  for await (const { remaining } of listProducts(api, { after, signal })) return remaining;
  return 0;
}

async function* idsAfter(
  api: OrderCloudApi,
  after: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for await (const { items } of listProducts(api, { after, signal })) yield* items.map(({ ID }) => ID);
}

type Question = {
  total: number;
  done: number;
  journal: Journal<Entry>;
  flags: ResyncAllFlags;
  at: OrderCloudSurroundings;
};

async function confirmed({ total, done, journal, flags, at }: Question) {
  const left = total - done;
  const lines = [
    `OrderCloud lists ${countOf(total, 'product')}. Asking for ${done > 0 ? `the other ${left.toLocaleString('en-US')}` : 'each'} at ${flags.rate} a second takes about ${durationInWords((left / flags.rate) * 1000)}.`,
    'OrderCloud means this endpoint for single products. For a whole catalog, the full sync of its portal is the alternative.',
    `Progress is kept in ${journal.path}: after Ctrl-C the same command goes on there.`,
  ];
  if (done > 0) {
    lines.push(
      `Going on after ${done.toLocaleString('en-US')} of the run of ${journal.startedAt} (--restart begins anew).`,
    );
  }
  at.stderr.write(`${lines.join('\n')}\n`);
  if (flags.yes || left === 0) return 'yes';
  return (await at.ask?.('Start?')) ?? 'no';
}

function fromEntry({ id, code }: Entry): Requested {
  const refusal = code === undefined ? null : { code, message: `refused by OrderCloud (${code})` };
  return { productId: id, refusal, before: NOTHING, requestedAt: 0 };
}
