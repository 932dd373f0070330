import { z } from 'zod';
import type { CatalogItem } from '../../src/operate/product-catalog.ts';
import { startProgress, timeLeft } from '../common/progress.ts';
import { listProducts, PAGE_SIZE, pageOf } from '../ordercloud/catalog.ts';
import { type Sides, verdictOn } from './compare.ts';
import { openPriceBook, type PriceBook } from './prices.ts';

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
 * Compares all that OrderCloud lists with all that is stored. The container is read whole, once: what of it OrderCloud
 * does not list may be extra.
 */
export async function compareAll(
  sides: Sides,
  { catalogId, stderr }: { catalogId: string | undefined; stderr: NodeJS.WriteStream },
): Promise<FirstComparison> {
  const { api, signal } = sides;
  if (stderr.isTTY) stderr.write('Reading the container …\n');
  const stored = await readContainer(sides, catalogId);
  const storedCount = withoutTombstones(stored).length;
  const differing: string[] = [];
  const left = timeLeft();
  let compared = 0;
  let progress: ReturnType<typeof startProgress> | undefined;
  let prices: PriceBook | undefined;
  try {
    for await (const { items, remaining } of listProducts(api, { catalogId, signal })) {
      prices ??= await openPriceBook(api, { productCount: remaining, signal });
      const total = compared + remaining;
      progress ??= startProgress({ label: 'Comparing', total, stream: stderr });
      await prices.load(items, signal);
      for (const product of items) {
        const { ID: id } = product;
        // Of a catalog, only what names it was read: the rest is compared one by one, with what differs.
        const verdict = verdictOn(id, { product, stored: stored.get(id) ?? null, prices }, sides);
        if (verdict.kind !== 'same') differing.push(id);
        stored.delete(id);
      }
      compared += items.length;
      progress.advance(left(compared, total), items.length);
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

async function readContainer(
  { catalog, signal }: Sides,
  catalogId: string | undefined,
): Promise<Map<string, CatalogItem>> {
  const stored = new Map<string, CatalogItem>();
  for await (const item of catalog.list({ catalogId })) {
    signal.throwIfAborted();
    stored.set(item.id, item);
  }
  return stored;
}

/** Beyond it OrderCloud gives no numbered pages. */
const LISTABLE = 100_000;

/** From each page that is read: fewer would take more calls, more would make it less of a sample. */
const TAKEN_FROM_A_PAGE = 10;

const Identified = pageOf(z.object({ ID: z.string() }));

type SampleOptions = { size: number; catalogId: string | undefined };

/**
 * IDs at random, half of the sample from OrderCloud's products (which may be missing here) and half from the container
 * (which may be extra here). Those of OrderCloud come ten from a page, from pages at random. Some may be in both halves.
 */
export async function sampleIds(
  sides: Sides,
  { size, catalogId }: SampleOptions,
): Promise<{ ids: string[]; listed: number; stored: number }> {
  const there = await fromOrderCloud(sides, { size: Math.ceil(size / 2), catalogId });
  const here = await fromContainer(sides, { size: Math.floor(size / 2), catalogId });
  return { ids: [...new Set([...there, ...here])], listed: there.length, stored: here.length };
}

async function fromOrderCloud({ api, signal }: Sides, { size, catalogId }: SampleOptions): Promise<string[]> {
  const list = async (page: number, pageSize: number) => {
    const query = { page, pageSize, ...(catalogId !== undefined && { catalogID: catalogId }) };
    const answer = await api.call(
      (sdk, options) => sdk.Products.List({ ...query, sortBy: ['ID'] }, options),
      { signal },
    );
    return Identified.parse(answer);
  };
  const { TotalCount: total } = (await list(1, 1)).Meta;
  let unread = Math.min(total, LISTABLE);
  const pages = Array.from({ length: Math.ceil(unread / PAGE_SIZE) }, (_, index) => index + 1);
  const taken: string[] = [];
  for (const page of shuffled(pages)) {
    if (taken.length >= size) break;
    const { Items: items } = await list(page, PAGE_SIZE);
    const rest = size - taken.length;
    // This page's share of what is still to be taken; the last page is a short one.
    const share = Math.ceil((rest * items.length) / Math.max(unread, items.length));
    const count = Math.min(rest, Math.max(TAKEN_FROM_A_PAGE, share));
    taken.push(...shuffled(items.map(({ ID }) => ID)).slice(0, count));
    unread -= items.length;
  }
  return taken;
}

/** Each with the same probability, without keeping all (reservoir sampling). */
async function fromContainer(
  { catalog, signal }: Sides,
  { size, catalogId }: SampleOptions,
): Promise<string[]> {
  const taken: string[] = [];
  let seen = 0;
  for await (const id of catalog.ids({ catalogId })) {
    signal.throwIfAborted();
    seen += 1;
    if (taken.length < size) taken.push(id);
    else {
      const place = Math.floor(Math.random() * seen);
      if (place < size) taken[place] = id;
    }
  }
  return taken;
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
