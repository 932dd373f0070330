import type { PriceBreak, PriceSchedule } from '../message/product-updated.ts';
import type { Json, PriceBreakDocument, Pricing, Schedule } from './document.ts';
import { type Entry, type ListRules, lastOfEach, sorted } from './lists.ts';
import type { Warn } from './warnings.ts';

/** A price schedule of a message, and where it stands. */
export type SentSchedule = { schedule: PriceSchedule; path: string };

const PRICE_BREAKS: ListRules<PriceBreak> = {
  keyOf: ({ Quantity }) => Quantity ?? 1,
  ifTwice: ['duplicate-price-break', 'Two breaks for one quantity; the last is kept.'],
};

/** The stored form of one price schedule. */
export function toSchedule(sent: SentSchedule, warn: Warn): Schedule {
  const { schedule, path } = sent;
  const saleStart = schedule.SaleStart ?? schedule.SalesStart ?? null;
  const saleEnd = schedule.SaleEnd ?? schedule.SalesEnd ?? null;
  if (saleStart !== null && saleEnd !== null && saleEnd < saleStart) {
    warn('sale-window-reversed', path, 'The sale ends before it starts.');
  }
  return {
    id: schedule.ID,
    name: schedule.Name ?? null,
    ownerId: schedule.OwnerID || null,
    currency: schedule.Currency ?? null,
    applyTax: schedule.ApplyTax ?? null,
    applyShipping: schedule.ApplyShipping ?? null,
    useCumulativeQuantity: schedule.UseCumulativeQuantity ?? null,
    restrictedQuantity: schedule.RestrictedQuantity ?? null,
    minQuantity: schedule.MinQuantity ?? null,
    maxQuantity: schedule.MaxQuantity ?? null,
    saleStart,
    saleEnd,
    breaks: toBreaks(sent, warn),
    xp: (schedule.xp ?? null) as Json,
  };
}

function toBreaks({ schedule, path }: SentSchedule, warn: Warn): PriceBreakDocument[] {
  const list = { items: schedule.PriceBreaks, path: `${path}.PriceBreaks` };
  const breaks = sorted(lastOfEach(list, PRICE_BREAKS, warn).map(toBreak), (a, b) => a.from - b.from);
  for (const [index, priceBreak] of breaks.entries()) {
    const next = breaks[index + 1];
    if (next !== undefined) priceBreak.to = next.from - 1;
    // A buyer can order only exactly these quantities.
    if (schedule.RestrictedQuantity === true) priceBreak.to = priceBreak.from;
  }
  return breaks;
}

function toBreak({ item }: Entry<PriceBreak>): PriceBreakDocument {
  return {
    from: item.Quantity ?? 1,
    to: null,
    price: item.Price ?? null,
    salePrice: item.SalePrice ?? null,
    subscriptionPrice: item.SubscriptionPrice ?? null,
    bundlePrice: item.BundlePrice ?? null,
  };
}

/**
 * The price to show when nothing is known about the buyer: that of the least quantity that can be ordered. Null if the
 * schedule has no breaks.
 */
export function displayPrice(schedule: Schedule): Pricing['display'] {
  const { breaks, minQuantity, restrictedQuantity, currency, saleStart, saleEnd } = schedule;
  const least = Math.max(1, minQuantity ?? 1);
  const ofLeastQuantity =
    restrictedQuantity === true
      ? breaks.find(({ from }) => from >= least)
      : breaks.findLast(({ from }) => from <= least);
  const priceBreak = ofLeastQuantity ?? breaks[0];
  if (priceBreak === undefined) return null;
  return { currency, price: priceBreak.price, salePrice: priceBreak.salePrice, saleStart, saleEnd };
}
