import { DOUBTS, type Offer, type OfferContext, REASONS, type StoredProduct } from '../../src/offer/offer.ts';
import { printable } from '../../src/printable.ts';
import { amountText, factLines, formatTable, quantitiesText } from '../common/text.ts';

/** One product, what was asked about it, and the answer. `product` is null where there is none. */
export type Answered = { id: string; product: StoredProduct | null; asked: OfferContext; offer: Offer };

const BREAK_COLUMNS = ['>Quantity', '>Price', 'Kind', ''];

/** An offer for people: the price, which rule chose it, the breaks, and each reason and doubt in words. */
export function offerText({ id, product, asked, offer }: Answered): string {
  return [
    printable(id),
    ...factLines([
      ['for', buyerText(asked)],
      ['visible', visibleText(offer)],
      ['can be ordered', offer.orderable ? 'yes' : 'no'],
      ...priceFacts(offer),
    ]),
    ...(offer.breaks.length === 0 ? [] : [breakTable(offer)]),
    ...offer.reasons.map((code) => `  ✗ ${REASONS[code]} (${code})`),
    ...offer.doubts.map((code) => `  ? ${DOUBTS[code]} (${code})`),
    ...hintLines(product, offer),
  ].join('\n');
}

function buyerText({ buyerId, userGroupIds, userId, sellerId, currency, at }: OfferContext): string {
  const who = [
    buyerId ? `buyer ${buyerId}` : 'no buyer',
    userGroupIds?.length ? `groups ${userGroupIds.join(', ')}` : '',
    userId ? `user ${userId}` : '',
    sellerId ? `from seller ${sellerId}` : '',
    currency ? `in ${currency}` : 'without a currency',
    `at ${at}`,
  ];
  return who.filter((part) => part !== '').join(', ');
}

function visibleText({ visible, via }: Offer): string {
  if (!visible) return 'no';
  return via === 'company' ? 'yes, to the whole buyer' : 'yes, to a user group';
}

/** Each rule that can choose the price schedule, in words. */
export const PRICE_RULES = {
  user: 'the price of the user',
  userGroup: 'the price of the user group',
  company: 'the price of the buyer',
  sellerDefault: 'the default price of the seller',
  default: 'the default price',
} as const;

function priceFacts(offer: Offer): [label: string, value: string][] {
  const { schedule, quantity, basePrice, unitPrice, lineSubtotal, onSale, validUntil } = offer;
  if (schedule === null) return [];
  const { id, via, partyId } = schedule;
  const inCurrency = (amount: number | null) => amountText(amount, offer.currency);
  const sale = onSale ? ' (sale)' : '';
  const options =
    unitPrice === basePrice || unitPrice === null ? '' : `, ${inCurrency(unitPrice)} with options`;
  return [
    ['price schedule', `${id}: ${PRICE_RULES[via]}${partyId === null ? '' : ` ${partyId}`}`],
    ['price', basePrice === null ? '' : `${inCurrency(basePrice)}${sale}${options}`],
    [`${quantity} cost`, inCurrency(lineSubtotal)],
    ['quantity', limitsText(offer)],
    ['until', validUntil ?? ''],
  ];
}

function limitsText({ minQuantity, maxQuantity, restricted }: Offer): string {
  const limits = [
    minQuantity === null ? '' : `at least ${minQuantity}`,
    maxQuantity === null ? '' : `at most ${maxQuantity}`,
    restricted ? 'only the quantities below' : '',
  ];
  return limits.filter((limit) => limit !== '').join(', ');
}

function breakTable({ breaks, breakFrom, currency }: Offer): string {
  const rows = breaks.map((each) => [
    quantitiesText(each),
    amountText(each.price, currency),
    each.kind ?? '',
    each.from === breakFrom ? '← applies' : '',
  ]);
  return formatTable(BREAK_COLUMNS, rows);
}

/** Which buyers and groups see it. An operator may know; a shopper must not. */
function hintLines(product: StoredProduct | null, { reasons, priceState }: Offer): string[] {
  if (product === null) return [];
  const { buyerIds, userGroupIds, pricing } = product;
  if (reasons.includes('not-assigned')) {
    const names = [...buyerIds.map((id) => `--buyer ${id}`), ...userGroupIds.map((id) => `--group ${id}`)];
    return [`  It is assigned to${names.length === 0 ? ' nobody.' : `: ${printable(names.join(', '))}`}`];
  }
  const currencies = [...new Set(pricing?.schedules.map(({ currency }) => currency ?? 'none'))];
  if (priceState !== 'none' || currencies.length === 0) return [];
  return [`  It has prices in: ${printable(currencies.join(', '))}`];
}
