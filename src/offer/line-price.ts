import Big from 'big.js';
import type { Notes } from './notes.ts';
import { costs, type Markup } from './options.ts';
import type { PriceKind } from './types.ts';

/** Unit prices are told with this many decimals. */
const UNIT_PRICE_DECIMALS = 6;

// A constructor of our own: its settings are shared by all that use it.
const Decimal = Big();
Decimal.DP = UNIT_PRICE_DECIMALS;
Decimal.RM = Decimal.roundHalfUp;
const HALF_CENT = new Decimal('0.005');

/** What a line costs, before promotions, tax and shipping. */
export interface LinePrice {
  unitPrice: number;
  lineSubtotal: number;
}

/**
 * E. The line's price: base price and markups, exactly, of which the total is rounded to 2 decimals and not made from the
 * rounded unit price (release-notes v43.md; working-with-specs.mdx). Half a cent goes up, away from 0; which way
 * OrderCloud rounds it is not published.
 */
export function linePrice(
  {
    price,
    kind,
    quantity,
    markups,
  }: { price: number; kind: PriceKind | null; quantity: number; markups: Markup[] },
  notes: Notes,
): LinePrice {
  const charged = markups.filter(costs);
  const base = new Decimal(price);
  const count = new Decimal(quantity);
  const sum = charged.reduce((total, markup) => total.plus(amountOf(markup, base, count)), base.times(count));
  const isPercentage = charged.some(({ type }) => type === 'percentage');
  notes.doubtIf(isPercentage && kind === 'sale', 'percentage-of-what');
  const total = sum.round(2);
  notes.doubtIf(!total.eq(sum) && total.minus(sum).abs().eq(HALF_CENT), 'rounding-tie');
  // A division takes longer than all the rest, and mostly there is nothing to divide.
  const unit = charged.length === 0 ? base : quantity === 1 ? sum : sum.div(quantity);
  return { unitPrice: toNumber(unit.round(UNIT_PRICE_DECIMALS)), lineSubtotal: toNumber(total) };
}

/** Percentages are of the base price and do not compound (headstart spec-form.service.ts; code only). */
function amountOf({ type, amount }: Markup, basePrice: Big, quantity: Big): Big {
  const markup = new Decimal(amount);
  if (type === 'amountTotal') return markup;
  if (type === 'amountPerQuantity') return markup.times(quantity);
  return markup.times(basePrice).times('0.01').times(quantity);
}

/** The nearest double; never -0, which JSON does not have. */
function toNumber(value: Big): number {
  return value.toNumber() + 0;
}
