import type { OrderCloudApi } from '../ordercloud/api.ts';
import type { PriceScheduleItem, Product } from '../ordercloud/catalog-models.ts';
import { findPriceSchedules } from '../ordercloud/find-by-id.ts';
import { listPriceSchedules, PAGE_SIZE } from '../ordercloud/list-all.ts';
import { type DefaultPrice, toDefaultPrice } from './default-price.ts';

/** Default prices by price schedule. */
export type PriceBook = {
  /** Makes sure that the default prices of these products are there. */
  load(products: readonly Product[], signal?: AbortSignal): Promise<void>;
  /** Undefined where it cannot be told. */
  priceOf(product: Product): DefaultPrice | null | undefined;
};

/** Asking for the schedules of a page of products takes about as many calls. */
const CALLS_PER_PAGE = 5;

/** A book that asks for schedules when a product names them, and never again. */
export function priceBookOnDemand(api: OrderCloudApi): PriceBook {
  const { prices, priceOf } = emptyBook();
  return {
    async load(products, signal) {
      const asked = products.flatMap(({ DefaultPriceScheduleID: id }) => (id ? [id] : []));
      const unknown = [...new Set(asked)].filter((id) => !prices.has(keyOf(id)));
      const found = await findPriceSchedules(api, unknown, { ...(signal && { signal }) });
      for (const [id, { item }] of found) {
        prices.set(keyOf(id), item === null ? undefined : toDefaultPrice(item));
      }
    },
    priceOf,
  };
}

/**
 * Lists all price schedules at once where that takes fewer calls than asking for those of so many products; there can
 * be a schedule for each party and product.
 */
export async function openPriceBook(
  api: OrderCloudApi,
  { productCount, signal }: { productCount: number; signal: AbortSignal },
): Promise<PriceBook> {
  const { prices, priceOf } = emptyBook();
  const note = (items: readonly PriceScheduleItem[]) => {
    for (const item of items) prices.set(keyOf(item.ID), toDefaultPrice(item));
  };
  const callsOnDemand = Math.ceil(productCount / PAGE_SIZE) * CALLS_PER_PAGE;
  for await (const { items, remaining } of listPriceSchedules(api, { signal })) {
    if (remaining / PAGE_SIZE > callsOnDemand) return priceBookOnDemand(api);
    note(items);
  }
  return { load: async () => {}, priceOf };
}

function emptyBook() {
  const prices = new Map<string, DefaultPrice | null | undefined>();
  const priceOf = ({ DefaultPriceScheduleID: id }: Product) => (id ? prices.get(keyOf(id)) : null);
  return { prices, priceOf };
}

/** OrderCloud compares IDs without case. */
function keyOf(id: string): string {
  return id.toLowerCase();
}
