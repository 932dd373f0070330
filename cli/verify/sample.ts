import { z } from 'zod';
import { pageOf } from '../ordercloud/catalog-models.ts';
import { PAGE_SIZE } from '../ordercloud/list-all.ts';
import type { Sides } from './check.ts';

/** Beyond it OrderCloud gives no numbered pages. */
const LISTABLE = 100_000;

/** From each page that is read: fewer would take more calls, more would make it less of a sample. */
const TAKEN_FROM_A_PAGE = 10;

const Identified = pageOf(z.object({ ID: z.string() }));

/** The IDs of a sample, and how many of them each side has listed; some by both. */
export type Sample = { ids: string[]; listed: number; stored: number };

/**
 * IDs at random, half of the sample from OrderCloud's products (which may be missing here) and half from the container
 * (which may be there in excess). Those of OrderCloud come ten from a page, from pages at random.
 */
export async function sampleIds(
  sides: Sides,
  { size, catalogId }: { size: number; catalogId: string | undefined },
): Promise<Sample> {
  const there = await fromOrderCloud(sides, Math.ceil(size / 2), catalogId);
  const here = await fromContainer(sides, Math.floor(size / 2), catalogId);
  return { ids: [...new Set([...there, ...here])], listed: there.length, stored: here.length };
}

async function fromOrderCloud(
  { api, signal }: Sides,
  size: number,
  catalogId: string | undefined,
): Promise<string[]> {
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
  const pages = Array.from({ length: Math.ceil(unread / PAGE_SIZE) }, (_, at) => at + 1);
  const taken: string[] = [];
  for (const page of shuffled(pages)) {
    if (taken.length >= size) break;
    const { Items: items } = await list(page, PAGE_SIZE);
    const rest = size - taken.length;
    // Its share of what the pages that are not read yet have to give, the last of which is a short one.
    const share = Math.ceil((rest * items.length) / Math.max(unread, items.length));
    taken.push(
      ...shuffled(items.map(({ ID }) => ID)).slice(0, Math.min(rest, Math.max(TAKEN_FROM_A_PAGE, share))),
    );
    unread -= items.length;
  }
  return taken;
}

/** Each with the same probability, without keeping all (reservoir sampling). */
async function fromContainer(
  { catalog, signal }: Sides,
  size: number,
  catalogId: string | undefined,
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
