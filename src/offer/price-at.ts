import type { OrderKind, PriceKind, StoredBreak, StoredSchedule } from './types.ts';

/** A price with what kind of price it is; both null where a break has none that applies. */
export interface ChargedPrice {
  price: number | null;
  kind: PriceKind | null;
}

/** Whether the sale window of a schedule is open, and when that changes. */
export interface SaleWindow {
  isOpen: boolean;
  /** The sale is on: the window is open, and some break has a sale price. OrderCloud's `PriceSchedule.IsOnSale`. */
  isOnSale: boolean;
  /** The first later instant at which a price changes; null when none does. */
  validUntil: string | null;
}

/**
 * D. The sale window at an instant: from its start on, until just before its end (sale-prices.mdx; both bounds by
 * SearchResponseMapper_SalePriceTests.cs). One that ends before it starts never opens; OrderCloud refuses to save it
 * (`InvalidSaleStartOrSaleEnd`).
 */
export function saleWindowAt({ saleStart, saleEnd, breaks }: StoredSchedule, at: number): SaleWindow {
  const start = saleStart === null ? Number.NEGATIVE_INFINITY : Date.parse(saleStart);
  const end = saleEnd === null ? Number.POSITIVE_INFINITY : Date.parse(saleEnd);
  const isOpen = start <= at && at < end;
  const hasSalePrice = breaks.some(({ salePrice }) => salePrice !== null);
  let validUntil: string | null = null;
  if (hasSalePrice && start < end) validUntil = at < start ? saleStart : at < end ? saleEnd : null;
  return { isOpen, isOnSale: isOpen && hasSalePrice, validUntil };
}

/**
 * D. What a break costs: in a bundle its bundle price, in a subscription its subscription price, in a sale its sale
 * price, each where it is set, 0 too; else its price (sale-prices.html, "Pricing precedence").
 */
export function priceOf(priceBreak: StoredBreak, orderKind: OrderKind, isSaleOpen: boolean): ChargedPrice {
  const { price, salePrice, subscriptionPrice, bundlePrice } = priceBreak;
  if (orderKind === 'bundle' && bundlePrice !== null) return { price: bundlePrice, kind: 'bundle' };
  if (orderKind === 'subscription' && subscriptionPrice !== null) {
    return { price: subscriptionPrice, kind: 'subscription' };
  }
  if (isSaleOpen && salePrice !== null) return { price: salePrice, kind: 'sale' };
  return { price, kind: price === null ? null : 'regular' };
}
