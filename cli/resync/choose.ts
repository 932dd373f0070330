import { resolve } from 'node:path';
import type { Account, AccountFlags } from '../common/account.ts';
import type { CommandContext } from '../common/context.ts';
import { countOf, durationText } from '../common/text.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { listProducts } from '../ordercloud/catalog.ts';
import { requireSeller } from '../ordercloud/sync-state.ts';
import { openProgressFile, type ProgressFile, RESYNC_PROGRESS_FILE } from './progress-file.ts';

/** The command's options as commander gives them. */
export type ResyncFlags = AccountFlags & {
  deadLetters?: true;
  all?: true;
  schemaBelow?: number;
  rate: number;
  wait?: true;
  timeout?: number;
  /** Where progress is kept. */
  progress?: string;
  restart?: true;
  yes?: true;
};

/** What is asked for, and of whom. */
export type ResyncRun = {
  ids: readonly string[];
  flags: ResyncFlags;
  context: CommandContext;
  api: OrderCloudApi;
  /** Null where the options do not need it. */
  account: Account | null;
};

/** Products to ask for. */
export type Choice = {
  ids: AsyncIterable<string> | Iterable<string>;
  total: number;
  /** What to say about the choice. */
  lines: string[];
  /** Null where nobody has to be asked. */
  question: string | null;
  /** With --all only. */
  progressFile: ProgressFile | null;
};

/** OrderCloud means the endpoint for single products: above this, the user is asked. */
export const UNASKED_LIMIT = 100;

/** Finds the products that the options choose, in OrderCloud or in the containers. */
export async function choose(run: ResyncRun): Promise<Choice> {
  const { ids, flags, account } = run;
  if (account && flags.deadLetters) return listed(await withDeadLetters(account), flags);
  if (account && flags.schemaBelow !== undefined) {
    return listed(await belowSchema(account, flags.schemaBelow), flags);
  }
  return flags.all ? firstLoad(run) : listed({ ids: new Set(ids), lines: [] }, flags);
}

type Listed = { ids: ReadonlySet<string>; lines: string[] };

function listed({ ids, lines }: Listed, { rate }: ResyncFlags): Choice {
  const total = ids.size;
  const question = `${countOf(total, 'product')} at ${rate} a second take about ${durationAt(rate, total)}; OrderCloud means this endpoint for single products. Go on?`;
  return { ids, total, lines, question: total > UNASKED_LIMIT ? question : null, progressFile: null };
}

function durationAt(rate: number, count: number): string {
  return durationText((count / rate) * 1000);
}

/** Every product that a dead letter names, in the order of arrival. */
async function withDeadLetters({ archive, address }: Account): Promise<Listed> {
  const named: string[] = [];
  let unnamed = 0;
  for await (const { productId } of archive.list({})) {
    if (productId === null) unnamed += 1;
    else named.push(productId);
  }
  const ids = new Set(named.reverse());
  const lines = [`${countOf(ids.size, 'product')} with dead letters at ${address}.`];
  if (unnamed > 0) {
    lines.push(`Without a product ID: ${countOf(unnamed, 'dead letter')}; see dead-letters list.`);
  }
  return { ids, lines };
}

/** Every product whose document is of an older schema. */
async function belowSchema({ catalog, address }: Account, version: number): Promise<Listed> {
  const ids = new Set<string>();
  for await (const id of catalog.idsBelowSchema(version)) ids.add(id);
  return { ids, lines: [`${countOf(ids.size, 'product')} below schema version ${version} at ${address}.`] };
}

/** Every product of the marketplace, or the rest after an interrupted run. */
async function firstLoad({ flags, api, context }: ResyncRun): Promise<Choice> {
  await requireSeller(api);
  const path = resolve(context.folder, flags.progress ?? RESYNC_PROGRESS_FILE);
  const progressFile = await openProgressFile(api, { path, restart: flags.restart === true });
  const { after, requested, refused, startedAt } = progressFile.former;
  const pages = () => listProducts(api, { after: after || undefined });
  const first = await pages().next();
  const total = first.done ? 0 : first.value.total;
  const done = requested + refused.length;
  const which = done > 0 ? `the other ${total.toLocaleString('en-US')}` : 'each';
  const lines = [
    `OrderCloud lists ${countOf(done + total, 'product')}. Asking for ${which} at ${flags.rate} a second takes about ${durationAt(flags.rate, total)}.`,
    'OrderCloud means this endpoint for single products. For a whole catalog, the full sync of its portal is the alternative.',
    `Progress is kept in ${path}: after Ctrl-C the same command goes on there.`,
  ];
  if (done > 0) {
    lines.push(
      `Going on after ${done.toLocaleString('en-US')} of the run of ${startedAt} (--restart begins again).`,
    );
  }
  return { ids: idsOf(pages()), total, lines, question: total > 0 ? 'Start?' : null, progressFile };
}

async function* idsOf(pages: ReturnType<typeof listProducts>): AsyncGenerator<string> {
  for await (const { items } of pages) yield* items.map(({ ID }) => ID);
}
