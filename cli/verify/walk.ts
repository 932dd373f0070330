import type { CatalogItem } from '../../src/operate/product-catalog.ts';
import { startProgress } from '../common/progress.ts';
import { listProducts, PAGE_SIZE, PRODUCTS, readPage } from '../ordercloud/catalog.ts';
import { checkAll, type Sides, verdictOn } from './compare.ts';
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
export async function compareAll(sides: Sides): Promise<FirstComparison> {
  const { api, catalogId, signal, stderr } = sides;
  if (stderr.isTTY) stderr.write('Reading the container …\n');
  const stored = new Map<string, CatalogItem>();
  for await (const item of sides.catalog.list({ catalogId })) {
    signal.throwIfAborted();
    stored.set(item.id, item);
  }
  const storedCount = withoutTombstones(stored).length;
  const differing: string[] = [];
  const prices = openPriceBook(api, signal);
  let compared = 0;
  let progress: ReturnType<typeof startProgress> | undefined;
  try {
    for await (const { items, total } of listProducts(api, { catalogId, signal })) {
      progress ??= startProgress({ label: 'Comparing', total, stream: stderr });
      await prices.load(items);
      for (const product of items) {
        const { ID: id } = product;
        // With --catalog, other documents were not read: their products are compared one by one, with what differs.
        const verdict = verdictOn(id, { product, stored: stored.get(id) ?? null, prices }, sides);
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
export async function compareSample(sides: Sides, size: number): Promise<FirstComparison> {
  const { ids, listed, stored } = await sampleIds(sides, size);
  const verdicts = await checkAll(sides, ids, 'Comparing');
  const differing = verdicts.filter(({ kind }) => kind !== 'same').map(({ id }) => id);
  return { compared: ids.length, listed, stored, differing };
}

/**
 * IDs at random, half of the sample from OrderCloud's products (which may be missing here) and half from the container
 * (which may be extra here). Some may be in both halves.
 */
export async function sampleIds(
  sides: Sides,
  size: number,
): Promise<{ ids: string[]; listed: number; stored: number }> {
  const there = await sampleOfOrderCloud(sides, Math.ceil(size / 2));
  const all: string[] = [];
  for await (const id of sides.catalog.ids({ catalogId: sides.catalogId })) {
    sides.signal.throwIfAborted();
    all.push(id);
  }
  const here = shuffled(all).slice(0, Math.floor(size / 2));
  return { ids: [...new Set([...there, ...here])], listed: there.length, stored: here.length };
}

/** OrderCloud returns no numbered pages beyond this. */
const LISTABLE = 100_000;

/** Fewer from each page would take more calls, more would be less random. */
const TAKEN_FROM_A_PAGE = 10;

/** Ten products from each page, and pages at random. */
async function sampleOfOrderCloud({ api, catalogId, signal }: Sides, size: number): Promise<string[]> {
  const read = (page: number, pageSize: number) =>
    readPage(api, PRODUCTS, { page, pageSize, catalogId, signal });
  const { total } = await read(1, 1);
  let unread = Math.min(total, LISTABLE);
  const pages = Array.from({ length: Math.ceil(unread / PAGE_SIZE) }, (_, index) => index + 1);
  const taken: string[] = [];
  for (const page of shuffled(pages)) {
    const rest = size - taken.length;
    if (rest <= 0) break;
    const { items } = await read(page, PAGE_SIZE);
    // The last page is a short one, so each page gives its share.
    const share = Math.ceil((rest * items.length) / Math.max(unread, items.length));
    const count = Math.min(rest, Math.max(TAKEN_FROM_A_PAGE, share));
    taken.push(...shuffled(items.map(({ ID }) => ID)).slice(0, count));
    unread -= items.length;
  }
  return taken;
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
