import type { Offer, OfferContext, StoredProduct } from '../../src/offer/offer.ts';

/** A line's price by integers alone, and by its own reading of the rules for options. */
export type ExactSubtotal = { lineSubtotal: number; unitPrice: number; isTie: boolean };

/** A decimal as an integer and the number of its decimals. */
type Scaled = { digits: bigint; decimals: number };

function scaled(value: number): Scaled {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const decimals = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return decimals < 0 ? { digits: digits * 10n ** BigInt(-decimals), decimals: 0 } : { digits, decimals };
}

const atDecimals = ({ digits, decimals }: Scaled, wanted: number) =>
  digits * 10n ** BigInt(wanted - decimals);

const times = (a: Scaled, b: Scaled): Scaled => ({
  digits: a.digits * b.digits,
  decimals: a.decimals + b.decimals,
});

/** To `decimals`, half away from 0. */
function rounded(numerator: bigint, denominator: bigint, decimals: number): number {
  const sign = numerator < 0n ? -1n : 1n;
  const size = numerator * sign * 10n ** BigInt(decimals);
  const quotient = (2n * size + denominator) / (2n * denominator);
  const text = String(quotient).padStart(decimals + 1, '0');
  const number = Number(`${text.slice(0, -decimals)}.${text.slice(-decimals)}`);
  return sign < 0n && number !== 0 ? -number : number;
}

/** `offer` gives the base price and quantity; what the options add is worked out here. */
export function exactSubtotal(offer: Offer, product: StoredProduct, context: OfferContext): ExactSubtotal {
  const quantity = scaled(offer.quantity as number);
  const base = scaled(offer.basePrice as number);
  const parts = [times(base, quantity)];
  for (const { type, amount } of chosenMarkups(product, context)) {
    const markup = scaled(amount);
    if (type === 'amountTotal') parts.push(markup);
    if (type === 'amountPerQuantity') parts.push(times(markup, quantity));
    if (type === 'percentage') {
      parts.push(times(times(base, quantity), { digits: markup.digits, decimals: markup.decimals + 2 }));
    }
  }
  const decimals = Math.max(...parts.map((part) => part.decimals));
  const sum = parts.reduce((total, part) => total + atDecimals(part, decimals), 0n);
  const one = 10n ** BigInt(decimals);
  const cents = sum * 1_000n;
  return {
    lineSubtotal: rounded(sum, one, 2),
    unitPrice: rounded(sum, one * atDecimals(quantity, 0), 6),
    isTie: cents % one === 0n && ((cents / one) % 10n === 5n || (cents / one) % 10n === -5n),
  };
}

/** The markups that count, spec by spec. */
function chosenMarkups(product: StoredProduct, { specs }: OfferContext) {
  const lower = (text: string | null | undefined) => (text ?? '').toLowerCase();
  return product.specs.flatMap((spec) => {
    const selection =
      spec.id === '' ? undefined : specs?.find(({ specId }) => lower(specId) === lower(spec.id));
    const wanted = lower(selection?.optionId);
    const text = selection?.value;
    if (wanted === '' && text && spec.allowOpenText) return [];
    const optionId = wanted === '' ? lower(spec.defaultOptionId) : wanted;
    const option = spec.options.find(({ id }) => optionId !== '' && lower(id) === optionId);
    if (option === undefined || (option.isOpenText && !text && !spec.defaultValue)) return [];
    return [option.priceMarkup];
  });
}
