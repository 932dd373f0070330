import { ProductUpdated } from '../../src/message/product-updated.ts';
import { toPricing } from '../../src/product/pricing.ts';
import type { PriceScheduleItem } from '../ordercloud/catalog-models.ts';

/** The price that a document shows by default: that of the first break of the default price schedule. */
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
