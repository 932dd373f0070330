import type { PriceBreak, PriceSchedule } from '../message/product-updated.ts';
import type { Json, PriceBreakDocument, Schedule } from './document.ts';
import { lastOfEach, pathOf } from './order.ts';
import { type Warn, warnOfNull } from './warnings.ts';

/** A price schedule with its path in the message. */
export type PlacedSchedule = { schedule: PriceSchedule; path: () => string };

/** The stored form of one price schedule. */
export function toSchedule({ schedule, path }: PlacedSchedule, warn: Warn): Schedule {
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

function toBreaks({ schedule, path }: PlacedSchedule, warn: Warn): PriceBreakDocument[] {
  const breaks = lastOfEach(schedule.PriceBreaks, {
    list: 'PriceBreaks',
    keyOf: fromQuantity,
    onDuplicate: (place) =>
      warn(
        'duplicate-price-break',
        () => `${path()}.${pathOf(place)}`,
        'Two breaks for one quantity; the last is kept.',
      ),
    onNull: warnOfNull(warn, path),
  });
  breaks.sort((a, b) => fromQuantity(a.item) - fromQuantity(b.item));
  return breaks.map(({ item }, index) => {
    const next = breaks[index + 1];
    const from = fromQuantity(item);
    const lastBeforeNext = next === undefined ? null : fromQuantity(next.item) - 1;
    return {
      from,
      // With restricted quantities a buyer can order only exactly these quantities.
      to: schedule.RestrictedQuantity === true ? from : lastBeforeNext,
      price: item.Price ?? null,
      salePrice: item.SalePrice ?? null,
      subscriptionPrice: item.SubscriptionPrice ?? null,
      bundlePrice: item.BundlePrice ?? null,
    };
  });
}
