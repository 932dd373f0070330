import type { z } from 'zod';
import { CommandError } from '../support/command-error.ts';
import type { CallOptions, OrderCloudApi, OrderCloudSdk, RequestOptions } from './api.ts';
import { PriceScheduleItem, Product, pageOf } from './catalog-models.ts';

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

type Query = { sortBy: ['ID']; pageSize: number; filters: Record<string, string> };

/** Products by ID, page by page; all of them, or those of a catalog. */
export function listProducts(api: OrderCloudApi, options: ListOptions = {}): AsyncGenerator<Page<Product>> {
  const { catalogId } = options;
  const request = (sdk: OrderCloudSdk, query: Query, rest: RequestOptions) =>
    sdk.Products.List({ ...query, ...(catalogId !== undefined && { catalogID: catalogId }) }, rest);
  return listById(api, Product, request, options);
}

/** Price schedules by ID, page by page. */
export function listPriceSchedules(
  api: OrderCloudApi,
  options: Pick<ListOptions, 'signal'> = {},
): AsyncGenerator<Page<PriceScheduleItem>> {
  const request = (sdk: OrderCloudSdk, query: Query, rest: RequestOptions) =>
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
  request: (sdk: OrderCloudSdk, query: Query, options: RequestOptions) => Promise<unknown>,
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
    const query: Query = { sortBy: ['ID'], pageSize: PAGE_SIZE, filters };
    const answer = await api.call((sdk, options) => request(sdk, query, options), { signal });
    const page = pageOf(item).parse(answer);
    const { Items: items } = page;
    if (items.length === 0) return;
    yield { items, remaining: page.Meta.TotalCount };
    if (items.length >= page.Meta.TotalCount) return;
    last = items.at(-1)?.ID;
  }
}
