import type * as Sdk from 'ordercloud-javascript-sdk';
import pMap from 'p-map';
import { z } from 'zod';
import { CommandError } from '../common/command-error.ts';
import type { OrderCloudApi } from './api.ts';
import { isNotFound } from './ordercloud-error.ts';

/** One kind of OrderCloud's resources: what commands read of it, and where the SDK has it. */
type Kind<Item> = { schema: z.ZodType<Item>; resource: (sdk: typeof Sdk) => Resource };

type Resource = {
  Get(id: string, options: Sdk.RequestOptions): Promise<unknown>;
  List(query: object, options: Sdk.RequestOptions): Promise<unknown>;
};

export const PRODUCTS = {
  resource: (sdk: typeof Sdk) => sdk.Products,
  schema: z.object({
    ID: z.string(),
    Name: z.string().nullish(),
    Active: z.boolean().nullish(),
    DefaultPriceScheduleID: z.string().nullish(),
  }),
};
export type Product = z.infer<typeof PRODUCTS.schema>;

/** The app's own model reads the rest of a schedule. */
export const PRICE_SCHEDULES = {
  resource: (sdk: typeof Sdk) => sdk.PriceSchedules,
  schema: z.looseObject({ ID: z.string() }),
};
export type PriceScheduleItem = z.infer<typeof PRICE_SCHEDULES.schema>;

/** The most that OrderCloud returns at once. */
const PAGE_SIZE = 100;

type Query = { filters?: { ID: string }; page?: number; pageSize: number; catalogID?: string | undefined };

/** One page of a listing; `total` is how many items the query finds on all pages. */
export type Page<Item> = { items: Item[]; total: number };

/** One page by ID, in OrderCloud's own order (it compares IDs without case). */
export async function readPage<Item>(
  api: OrderCloudApi,
  kind: Kind<Item>,
  query: Query,
): Promise<Page<Item>> {
  const Listing = z.object({ Items: z.array(kind.schema), Meta: z.object({ TotalCount: z.number() }) });
  const answer = await api.call((sdk, options) =>
    kind.resource(sdk).List({ sortBy: ['ID'], ...query }, options),
  );
  const { Items: items, Meta } = Listing.parse(answer);
  return { items, total: Meta.TotalCount };
}

type ListOptions = Pick<Query, 'catalogID'> & {
  /** Goes on after this ID. */
  after?: string | undefined;
};

/**
 * Products page by page; all of them, or those of a catalog. Each page begins after the last ID, as OrderCloud advises
 * for long listings: numbered pages shift when products come and go, and end at a limit. So `total` counts from the
 * beginning of the page.
 */
export async function* listProducts(
  api: OrderCloudApi,
  { after, ...query }: ListOptions = {},
): AsyncGenerator<Page<Product>> {
  const visited = new Set<string | undefined>();
  for (let last = after; ; ) {
    if (visited.has(last)) {
      throw new CommandError(
        `OrderCloud's listing does not get beyond ${last}: it gives the same IDs again.`,
      );
    }
    visited.add(last);
    const page = await readPage(api, PRODUCTS, {
      ...query,
      pageSize: PAGE_SIZE,
      ...(last !== undefined && { filters: { ID: `>${last}` } }),
    });
    if (page.items.length === 0) return;
    yield page;
    if (page.items.length >= page.total) return;
    last = page.items.at(-1)?.ID;
  }
}

/** What OrderCloud has under an ID, or when OrderCloud's own clock said that it has nothing. */
export type Found<Item> = { item: Item } | { item: null; confirmedAt: Date | null };

/** Reads one by a request of its own: only this can prove that there is none. */
export async function readOne<Item>(api: OrderCloudApi, kind: Kind<Item>, id: string): Promise<Found<Item>> {
  try {
    // The SDK does not encode IDs.
    const encoded = encodeURIComponent(id);
    const answer = await api.call((sdk, options) => kind.resource(sdk).Get(encoded, options));
    return { item: kind.schema.parse(answer) };
  } catch (error) {
    // Any other 404 may come from something that is not OrderCloud.
    if (isNotFound(error) && error.code === 'NotFound') return { item: null, confirmedAt: error.date };
    throw error;
  }
}

/** As many IDs as fit well into one address. */
const IDS_AT_A_TIME = 25;

const AT_A_TIME = { concurrency: 4 };

/** A filter would misread other IDs, and long ones make the address too long: those are read one by one. */
const PLAIN_ID = /^[\w.-]{1,60}$/;

/** Reads many in groups, and one by one what the groups lack. */
export async function readMany<Item extends { ID: string }>(
  api: OrderCloudApi,
  kind: Kind<Item>,
  ids: readonly string[],
): Promise<Map<string, Found<Item>>> {
  const plain = ids.filter((id) => PLAIN_ID.test(id));
  const readGroup = (group: string[]) =>
    readPage(api, kind, { pageSize: group.length, filters: { ID: group.join('|') } });
  const pages = await pMap(chunksOf(plain, IDS_AT_A_TIME), readGroup, AT_A_TIME);
  const listed = pages.flatMap(({ items }) => items);
  const found = new Map<string, Found<Item>>(listed.map((item) => [item.ID, { item }]));
  const others = ids.filter((id) => !found.has(id));
  await pMap(others, async (id) => found.set(id, await readOne(api, kind, id)), AT_A_TIME);
  return found;
}

/** Parts of a list, of at most this size. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
