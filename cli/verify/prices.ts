import { ProductUpdated } from '../../src/message/product-updated.ts';
import { toPricing } from '../../src/product/pricing.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import {
  findPriceSchedules,
  listPriceSchedules,
  PAGE_SIZE,
  type PriceScheduleItem,
  type Product,
} from '../ordercloud/catalog.ts';

/** The price to display of a product, by its default price schedule. */
export type DefaultPrice = { currency: string | null; price: number | null; salePrice: number | null };

/**
 * What the app would store of a price schedule: made by the app's own rules, so that only the values can differ. Null
 * where it has no breaks, undefined where the app could not read it.
 */
export function toDefaultPrice(schedule: PriceScheduleItem): DefaultPrice | null | undefined {
  const parsed = ProductUpdated.safeParse({ ProductID: 'any', DefaultPriceSchedule: schedule });
  if (!parsed.success) return undefined;
  const display = toPricing(parsed.data, () => {})?.display;
  if (!display) return null;
  const { currency, price, salePrice } = display;
  return { currency, price, salePrice };
}

/** `39.95 USD`, `39.95 USD (sale 34.95)`, or `none`. */
export function priceText(price: DefaultPrice | null): string {
  if (price === null || price.price === null) return 'none';
  const sale = price.salePrice === null ? '' : ` (sale ${price.salePrice})`;
  return `${price.price}${price.currency === null ? '' : ` ${price.currency}`}${sale}`;
}

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
