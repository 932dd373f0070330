import type { CatalogItem } from '../../src/operate/product-catalog.ts';
import { startProgress } from '../common/progress.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { listProducts, PRODUCTS, readPage } from '../ordercloud/catalog.ts';
import { checkAll, type VerifyRun, verdictOn } from './compare.ts';
import { openPriceBook } from './prices.ts';

/** What a first comparison found. */
export type FirstComparison = {
  /** Products that were compared. */
  compared: number;
  /** Of these, how many OrderCloud itself has listed. */
  listed: number;
  /** Of these, how many the container itself has listed; tombstones do not count. */
  stored: number;
  /** IDs that differ, on either side. */
  differing: string[];
};

/**
 * Compares all that OrderCloud lists with all that is stored. It reads the whole container first: what OrderCloud does
 * not list of it may be extra.
 */
export async function compareAll(run: VerifyRun): Promise<FirstComparison> {
  const { api, account, flags } = run;
  const { stderr } = run.context;
  if (stderr.isTTY) stderr.write('Reading the container …\n');
  const stored = new Map<string, CatalogItem>();
  for await (const item of account.catalog.list({ catalogId: flags.catalog })) {
    api.signal.throwIfAborted();
    stored.set(item.id, item);
  }
  const storedCount = withoutTombstones(stored).length;
  const differing: string[] = [];
  const prices = openPriceBook(api);
  let compared = 0;
  let progress: ReturnType<typeof startProgress> | undefined;
  try {
    for await (const { items, total } of listProducts(api, { catalogID: flags.catalog })) {
      progress ??= startProgress({ label: 'Comparing', total, stream: stderr });
      await prices.load(items);
      for (const product of items) {
        const { ID: id } = product;
        // With --catalog, other documents were not read: their products are compared one by one, with what differs.
        const verdict = verdictOn(id, { product, stored: stored.get(id) ?? null, prices }, run);
        if (verdict.kind !== 'same') differing.push(id);
        stored.delete(id);
      }
      compared += items.length;
      progress.advance('', items.length);
    }
  } finally {
    progress?.stop();
  }
  const extra = withoutTombstones(stored).map(({ id }) => id);
  return { compared, listed: compared, stored: storedCount, differing: [...differing, ...extra] };
}

function withoutTombstones(stored: ReadonlyMap<string, CatalogItem>): CatalogItem[] {
  return [...stored.values()].filter(({ deleted }) => !deleted);
}

/** Compares so many products, chosen at random. */
export async function compareSample(run: VerifyRun, size: number): Promise<FirstComparison> {
  const { ids, listed, stored } = await sampleIds(run, size);
  const verdicts = await checkAll(run, ids, 'Comparing');
  const differing = verdicts.filter(({ kind }) => kind !== 'same').map(({ id }) => id);
  return { compared: ids.length, listed, stored, differing };
}

/**
 * IDs at random, half of the sample from OrderCloud's products (which may be missing here) and half from the container
 * (which may be extra here). Some may be in both halves.
 */
export async function sampleIds({ api, account, flags }: VerifyRun, size: number) {
  const there = await sampleOfOrderCloud(api, { size: Math.ceil(size / 2), catalogID: flags.catalog });
  const all: string[] = [];
  for await (const id of account.catalog.ids({ catalogId: flags.catalog })) {
    api.signal.throwIfAborted();
    all.push(id);
  }
  const here = shuffled(all).slice(0, Math.floor(size / 2));
  return { ids: [...new Set([...there, ...here])], listed: there.length, stored: here.length };
}

/** OrderCloud returns no numbered pages beyond this. */
const LISTABLE = 100_000;

/** Smaller pages would take more calls, larger ones would be less random. */
const SAMPLED_PAGE_SIZE = 10;

/** The products of pages at random. */
async function sampleOfOrderCloud(
  api: OrderCloudApi,
  { size, catalogID }: { size: number; catalogID: string | undefined },
): Promise<string[]> {
  const read = (page: number) => readPage(api, PRODUCTS, { page, pageSize: SAMPLED_PAGE_SIZE, catalogID });
  const { total } = await read(1);
  const pageCount = Math.ceil(Math.min(total, LISTABLE) / SAMPLED_PAGE_SIZE);
  const taken: string[] = [];
  for (const page of shuffled(Array.from({ length: pageCount }, (_, index) => index + 1))) {
    if (taken.length >= size) break;
    const { items } = await read(page);
    taken.push(...items.map(({ ID }) => ID));
  }
  return taken.slice(0, size);
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
