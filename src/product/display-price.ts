import type { PriceBreakDocument, Pricing, Schedule } from './document.ts';

/**
 * The price to show when nothing is known about the buyer: that of the least quantity that can be ordered. Null if the
 * schedule has no breaks.
 */
export function displayPrice(schedule: Schedule): Pricing['display'] {
  const priceBreak = breakOfLeastQuantity(schedule) ?? schedule.breaks[0];
  if (priceBreak === undefined) return null;
  const { currency, saleStart, saleEnd } = schedule;
  return { currency, price: priceBreak.price, salePrice: priceBreak.salePrice, saleStart, saleEnd };
}

/** Breaks are sorted. With restricted quantities it is the least of their quantities that the minimum allows. */
function breakOfLeastQuantity(schedule: Schedule): PriceBreakDocument | undefined {
  const { breaks, minQuantity, restrictedQuantity } = schedule;
  const least = Math.max(1, minQuantity ?? 1);
  return restrictedQuantity === true
    ? breaks.find(({ from }) => from >= least)
    : breaks.findLast(({ from }) => from <= least);
}
