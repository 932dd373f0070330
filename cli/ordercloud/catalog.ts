import pMap from 'p-map';
import { z } from 'zod';
import { CommandError } from '../common/command-error.ts';
import type { CallOptions, OrderCloudApi, OrderCloudSdk, RequestOptions } from './api.ts';
import { isNotFound } from './ordercloud-error.ts';

/** A product as far as commands look at it. */
export const Product = z.object({
  ID: z.string(),
  Name: z.string().nullish(),
  Active: z.boolean().nullish(),
  DefaultPriceScheduleID: z.string().nullish(),
});
export type Product = z.infer<typeof Product>;

/** A price schedule: what of it is compared is read as the app reads a message. */
export const PriceScheduleItem = z.looseObject({ ID: z.string() });
export type PriceScheduleItem = z.infer<typeof PriceScheduleItem>;

/** One page of a listing. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ Items: z.array(item), Meta: z.object({ TotalCount: z.number() }) });

/** The most that OrderCloud gives at once. */
export const PAGE_SIZE = 100;

/** A page of a listing by ID. */
export type Page<Item> = {
  items: Item[];
  /** The items from the beginning of this page to the end, as OrderCloud counts them. */
  remaining: number;
};

type ListOptions = Pick<CallOptions, 'signal'> & {
  /** Goes on after this ID. */
  after?: string | undefined;
  catalogId?: string | undefined;
};

type PageQuery = { sortBy: ['ID']; pageSize: number; filters: Record<string, string> };

/** Products by ID, page by page; all of them, or those of a catalog. */
export function listProducts(api: OrderCloudApi, options: ListOptions = {}): AsyncGenerator<Page<Product>> {
  const { catalogId } = options;
  const request = (sdk: OrderCloudSdk, query: PageQuery, rest: RequestOptions) =>
    sdk.Products.List({ ...query, ...(catalogId !== undefined && { catalogID: catalogId }) }, rest);
  return listById(api, Product, request, options);
}

/** Price schedules by ID, page by page. */
export function listPriceSchedules(
  api: OrderCloudApi,
  options: Pick<ListOptions, 'signal'> = {},
): AsyncGenerator<Page<PriceScheduleItem>> {
  const request = (sdk: OrderCloudSdk, query: PageQuery, rest: RequestOptions) =>
    sdk.PriceSchedules.List(query, rest);
  return listById(api, PriceScheduleItem, request, options);
}

/**
 * Pages by the last ID, as OrderCloud advises for long listings: numbered pages shift when something is added or
 * removed meanwhile, and end at a limit. The order is OrderCloud's own (it compares IDs without case).
 */
async function* listById<Item extends z.ZodType<{ ID: string }>>(
  api: OrderCloudApi,
  item: Item,
  request: (sdk: OrderCloudSdk, query: PageQuery, options: RequestOptions) => Promise<unknown>,
  { after, signal }: ListOptions,
): AsyncGenerator<Page<z.infer<Item>>> {
  const visited = new Set<string | undefined>();
  for (let last = after; ; ) {
    if (visited.has(last)) {
      throw new CommandError(
        `OrderCloud's listing does not get beyond ${last}: it gives the same IDs again.`,
      );
    }
    visited.add(last);
    const filters: Record<string, string> = last === undefined ? {} : { ID: `>${last}` };
    const query: PageQuery = { sortBy: ['ID'], pageSize: PAGE_SIZE, filters };
    const answer = await api.call((sdk, options) => request(sdk, query, options), { signal });
    const page = pageOf(item).parse(answer);
    const { Items: items } = page;
    if (items.length === 0) return;
    yield { items, remaining: page.Meta.TotalCount };
    if (items.length >= page.Meta.TotalCount) return;
    last = items.at(-1)?.ID;
  }
}

/** What OrderCloud has under an ID now, or that it has nothing, by OrderCloud's own clock. */
export type Found<Item> = { item: Item } | { item: null; confirmedAt: Date | null };

type Options = Pick<CallOptions, 'signal'>;

/** As many IDs as fit well into one address. */
const IDS_AT_A_TIME = 25;

const AT_A_TIME = { concurrency: 4 };

/** IDs that a filter would read as something else, or that make an address long, are asked for one by one. */
const PLAIN_ID = /^[\w.-]{1,60}$/;

/** One product, by a request of its own: the only answer that proves that there is none. */
export function getProduct(api: OrderCloudApi, id: string, options: Options = {}): Promise<Found<Product>> {
  return getOne(api, PRODUCTS, id, options);
}

/** Many products: asked for in groups, and those that do not come so one by one. */
export function findProducts(api: OrderCloudApi, ids: readonly string[], options: Options = {}) {
  return findAll(api, PRODUCTS, ids, options);
}

/** Many price schedules, in the same way. */
export function findPriceSchedules(api: OrderCloudApi, ids: readonly string[], options: Options = {}) {
  return findAll(api, PRICE_SCHEDULES, ids, options);
}

type IdQuery = { pageSize: number; filters: { ID: string } };

type Kind<Schema extends z.ZodType<{ ID: string }>> = {
  schema: Schema;
  get: (sdk: OrderCloudSdk, id: string, options: RequestOptions) => Promise<unknown>;
  list: (sdk: OrderCloudSdk, query: IdQuery, options: RequestOptions) => Promise<unknown>;
};

const PRODUCTS: Kind<typeof Product> = {
  schema: Product,
  get: (sdk, id, options) => sdk.Products.Get(id, options),
  list: (sdk, query, options) => sdk.Products.List(query, options),
};

const PRICE_SCHEDULES: Kind<typeof PriceScheduleItem> = {
  schema: PriceScheduleItem,
  get: (sdk, id, options) => sdk.PriceSchedules.Get(id, options),
  list: (sdk, query, options) => sdk.PriceSchedules.List(query, options),
};

async function findAll<Schema extends z.ZodType<{ ID: string }>>(
  api: OrderCloudApi,
  kind: Kind<Schema>,
  ids: readonly string[],
  options: Options,
): Promise<Map<string, Found<z.infer<Schema>>>> {
  const found = new Map<string, Found<z.infer<Schema>>>();
  const listed = await pMap(groups(ids), (group) => listByIds(api, kind, group, options), AT_A_TIME);
  for (const item of listed.flat()) found.set(item.ID, { item });
  const others = ids.filter((id) => !found.has(id));
  const single = await pMap(others, (id) => getOne(api, kind, id, options), AT_A_TIME);
  for (const [index, id] of others.entries()) found.set(id, single[index] as Found<z.infer<Schema>>);
  return found;
}

async function getOne<Schema extends z.ZodType<{ ID: string }>>(
  api: OrderCloudApi,
  { schema, get }: Kind<Schema>,
  id: string,
  { signal }: Options,
): Promise<Found<z.infer<Schema>>> {
  try {
    // The SDK puts IDs into addresses as they are.
    const answer = await api.call((sdk, options) => get(sdk, encodeURIComponent(id), options), { signal });
    return { item: schema.parse(answer) };
  } catch (error) {
    // Another 404 may come from whatever else answers at this address.
    if (isNotFound(error) && error.code === 'NotFound') return { item: null, confirmedAt: error.date };
    throw error;
  }
}

/** Groups of IDs to be listed together; of a few, none. */
function groups(ids: readonly string[]): string[][] {
  const plain = ids.filter((id) => PLAIN_ID.test(id));
  if (plain.length <= AT_A_TIME.concurrency) return [];
  const count = Math.ceil(plain.length / IDS_AT_A_TIME);
  return Array.from({ length: count }, (_, at) => plain.slice(at * IDS_AT_A_TIME, (at + 1) * IDS_AT_A_TIME));
}

async function listByIds<Schema extends z.ZodType<{ ID: string }>>(
  api: OrderCloudApi,
  { schema, list }: Kind<Schema>,
  ids: string[],
  { signal }: Options,
): Promise<z.infer<Schema>[]> {
  const query = { pageSize: ids.length, filters: { ID: ids.join('|') } };
  const answer = await api.call((sdk, options) => list(sdk, query, options), { signal });
  return pageOf(schema).parse(answer).Items;
}
