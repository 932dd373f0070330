import type { Notes } from './notes.ts';
import type { Asked } from './read-context.ts';
import type { StoredBreak, StoredSchedule } from './types.ts';

/** The quantity answered for, and the break that applies to it: null where none does. */
export interface QuantityAnswer {
  quantity: number;
  maxQuantity: number | null;
  priceBreak: StoredBreak | null;
}

/**
 * C. Quantity and break. With `useCumulativeQuantity` the cart's other lines of the product count as well (SDK
 * UseCumulativeQuantity; headstart ValidateLineItemUnitCost). `quantityMultiplier` changes nothing ("For reference only").
 * - C2: a whole number of at least 1 (ErrorCodes.cs).
 * - C3: both bounds are allowed (SDK Models.cs, ErrorCodes.cs). A maximum of 0 is none (headstart's client; code only).
 * - C4: where quantities are restricted, only those of the breaks (SDK Models.cs, ErrorCodes.cs).
 */
export function quantityAnswer(schedule: StoredSchedule, asked: Asked, notes: Notes): QuantityAnswer {
  const { minQuantity, breaks } = schedule;
  const maxQuantity = schedule.maxQuantity || null;
  const isCumulative = schedule.useCumulativeQuantity === true;
  const others = isCumulative ? asked.otherQuantity : 0;
  const quantity = asked.quantity ?? leastQuantity(schedule, maxQuantity, others);
  notes.doubtIf(schedule.maxQuantity === 0, 'max-quantity-zero');
  if (!isQuantity(quantity)) {
    notes.reasonIf(true, 'LineItem.QuantityMustBePositive');
    return { quantity, maxQuantity, priceBreak: null };
  }
  const effective = quantity + others;
  const tell = (applies: boolean, code: 'CannotBeLessThanMin' | 'CannotExceedMax' | 'QuantityNotAllowed') =>
    notes.reasonIf(applies, isCumulative ? `PriceSchedule.Cumulative${code}` : `PriceSchedule.${code}`);
  tell(minQuantity !== null && effective < minQuantity, 'CannotBeLessThanMin');
  tell(maxQuantity !== null && effective > maxQuantity, 'CannotExceedMax');
  const isRefused = schedule.restrictedQuantity === true && !breaks.some(({ from }) => from === effective);
  tell(isRefused, 'QuantityNotAllowed');
  return { quantity, maxQuantity, priceBreak: isRefused ? null : breakFor(breaks, effective, notes) };
}

/** C2. */
export function isQuantity(quantity: number): boolean {
  return Number.isInteger(quantity) && quantity >= 1;
}

/** C1. The least that can be bought, beside what the other lines already have. */
function leastQuantity(schedule: StoredSchedule, maxQuantity: number | null, others: number): number {
  const min = schedule.minQuantity ?? 1;
  const isAllowed = (from: number) => from >= min && (maxQuantity === null || from <= maxQuantity);
  const least =
    schedule.restrictedQuantity === true
      ? schedule.breaks.find(({ from }) => isAllowed(from) && from > others)
      : undefined;
  return least === undefined ? Math.max(1, min - others) : least.from - others;
}

/**
 * C5. The last break that the quantity reaches, for every unit: there are no graduated tiers (xcentium.com, tiered
 * pricing; headstart LineItemCommand.cs). Below the first break its price counts (ngx-shopper's tests; what OrderCloud
 * does is not published).
 */
function breakFor(breaks: readonly StoredBreak[], quantity: number, notes: Notes): StoredBreak | null {
  const [first] = breaks;
  if (first === undefined) return null;
  const reached = breaks.findLast(({ from }) => from <= quantity);
  notes.doubtIf(reached === undefined, 'below-first-break');
  return reached ?? first;
}
