import { ProductUpdated } from '../../src/message/product-updated.ts';
import type { CatalogItem } from '../../src/operate/product-catalog.ts';
import { toPricing } from '../../src/product/pricing.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { PRICE_SCHEDULES, type PriceScheduleItem, type Product, readMany } from '../ordercloud/catalog.ts';

/** The display price of a default price schedule. */
export type DefaultPrice = NonNullable<CatalogItem['display']>;

/**
 * What the app would store of a price schedule, by the app's own rules. Null if it has no breaks, undefined if the app
 * could not read it.
 */
export function toDefaultPrice(schedule: PriceScheduleItem): DefaultPrice | null | undefined {
  const parsed = ProductUpdated.safeParse({ ProductID: 'any', DefaultPriceSchedule: schedule });
  if (!parsed.success) return undefined;
  return toPricing(parsed.data, () => {})?.display ?? null;
}

export type PriceBook = ReturnType<typeof openPriceBook>;

/** Default prices by price schedule, each asked for once, when a product names it. */
export function openPriceBook(api: OrderCloudApi) {
  const prices = new Map<string, DefaultPrice | null | undefined>();
  return {
    /** Reads the default prices of these products, unless they are there. */
    async load(products: readonly Product[]): Promise<void> {
      const named = products.flatMap(({ DefaultPriceScheduleID: id }) => (id ? [id] : []));
      const ids = [...new Set(named)].filter((id) => !prices.has(keyOf(id)));
      for (const [id, { item }] of await readMany(api, PRICE_SCHEDULES, ids)) {
        prices.set(keyOf(id), item === null ? undefined : toDefaultPrice(item));
      }
    },
    /** Undefined if it cannot be read. */
    priceOf: ({ DefaultPriceScheduleID: id }: Product) => (id ? prices.get(keyOf(id)) : null),
  };
}

/** OrderCloud compares IDs without case. */
function keyOf(id: string): string {
  return id.toLowerCase();
}
