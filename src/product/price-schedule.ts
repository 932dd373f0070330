import type { PriceBreak, PriceSchedule } from '../message/product-updated.ts';
import type { Json, PriceBreakDocument, Schedule } from './document.ts';
import { lastOfEach } from './lists.ts';
import { type Path, pathText, type Warn } from './warnings.ts';

/** A price schedule of a message, and where it stands. */
export type SentSchedule = { schedule: PriceSchedule; path: Path };

/** The stored form of one price schedule. */
export function toSchedule({ schedule, path }: SentSchedule, warn: Warn): Schedule {
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
    breaks: toBreaks({ schedule, path }, warn),
    xp: (schedule.xp ?? null) as Json,
  };
}

const fromQuantity = (priceBreak: PriceBreak) => priceBreak.Quantity ?? 1;

function toBreaks({ schedule, path }: SentSchedule, warn: Warn): PriceBreakDocument[] {
  const breaks = lastOfEach(
    schedule.PriceBreaks,
    {
      path: () => `${pathText(path)}.PriceBreaks`,
      keyOf: fromQuantity,
      ifTwice: ['duplicate-price-break', 'Two breaks for one quantity; the last is kept.'],
    },
    warn,
  );
  breaks.sort((a, b) => fromQuantity(a) - fromQuantity(b));
  return breaks.map((priceBreak, index) => {
    const next = breaks[index + 1];
    const from = fromQuantity(priceBreak);
    const lastBeforeNext = next === undefined ? null : fromQuantity(next) - 1;
    return {
      from,
      // With restricted quantities a buyer can order only exactly these quantities.
      to: schedule.RestrictedQuantity === true ? from : lastBeforeNext,
      price: priceBreak.Price ?? null,
      salePrice: priceBreak.SalePrice ?? null,
      subscriptionPrice: priceBreak.SubscriptionPrice ?? null,
      bundlePrice: priceBreak.BundlePrice ?? null,
    };
  });
}
