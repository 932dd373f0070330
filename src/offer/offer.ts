import { type Chosen, chooseSchedule } from './choose-schedule.ts';
import { type Family, inherit, isProduct } from './inherit.ts';
import { linePrice } from './line-price.ts';
import { type Notes, notesOfOffer } from './notes.ts';
import { type Markup, markupsOf } from './options.ts';
import { priceOf, saleWindowAt } from './price-at.ts';
import { isQuantity, quantityAnswer } from './quantity.ts';
import { type Asked, currencyCode, readContext } from './read-context.ts';
import { checkPurchase } from './stock.ts';
import type { Offer, OfferContext, StoredBreak, StoredProduct, Tombstone } from './types.ts';
import { visibleBy } from './visibility.ts';

export { DOUBTS, type DoubtCode, REASONS, type ReasonCode } from './codes.ts';
export type * from './types.ts';

/**
 * What a buyer may see of a product, what it costs, and until when: OrderCloud's rules on a stored document. docs/offers.md
 * says them in plain words. Pure: it reads no clock, does no I/O, and changes nothing it is given.
 * @throws TypeError that names the property of the context whose type is wrong
 */
export function offerFor(document: StoredProduct | Tombstone | null, context: OfferContext): Offer {
  const asked = readContext(context);
  const notes = notesOfOffer();
  if (!isProduct(document)) {
    notes.reasonIf(true, 'not-found');
    return offer({ found: false }, notes);
  }
  const family = inherit(document, asked.parent);
  notes.doubtIf(family.isParentMissing, 'inherited-from-parent');
  const via = visibleBy(family, asked, notes);
  if (via === null) return offer({}, notes);
  const chosen = chooseSchedule(family, asked, notes);
  const question = { product: document, asked, notes };
  const line = chosen === null ? unpriced(question, family.pricings) : priced(question, chosen);
  return offer({ visible: true, via, ...line }, notes);
}

/** A visible product, what is asked of it, and what there is to say. */
type Question = { product: StoredProduct; asked: Asked; notes: Notes };

/** What is known of an offer; the rest is that nothing is to be said. */
type Told = Partial<Omit<Offer, 'orderable' | 'reasons' | 'doubts'>>;

function offer(told: Told, notes: Notes): Offer {
  const reasons = notes.reasons();
  return {
    found: true,
    visible: false,
    via: null,
    priceState: 'hidden',
    schedule: null,
    currency: null,
    quantity: null,
    minQuantity: null,
    maxQuantity: null,
    restricted: false,
    breaks: [],
    breakFrom: null,
    priceKind: null,
    basePrice: null,
    unitPrice: null,
    lineSubtotal: null,
    onSale: false,
    scheduleOnSale: false,
    ...told,
    orderable: reasons.length === 0,
    validUntil: told.validUntil ?? null,
    reasons,
    doubts: notes.doubts(),
  };
}

/** The offer by a schedule: what is wrong with the line is a reason, and does not hide what the schedule says. */
function priced(question: Question, { schedule, via, partyId }: Chosen): Told {
  const { asked, notes } = question;
  const sale = saleWindowAt(schedule, asked.at);
  const { quantity, maxQuantity, priceBreak } = quantityAnswer(schedule, asked, notes);
  const markups = checkedLine(question, quantity);
  const charged = (each: StoredBreak) => priceOf(each, asked.orderKind, sale.isOpen);
  const { price = null, kind = null } = priceBreak === null ? {} : charged(priceBreak);
  const isPriceMissing = schedule.breaks.length === 0 || (priceBreak !== null && price === null);
  notes.reasonIf(isPriceMissing, 'PriceSchedule.MissingOrConflicting');
  return {
    priceState: isPriceMissing ? 'none' : 'priced',
    schedule: { id: schedule.id, via, partyId },
    currency: currencyCode(schedule.currency),
    quantity: told(quantity),
    minQuantity: schedule.minQuantity,
    maxQuantity,
    restricted: schedule.restrictedQuantity === true,
    breaks: schedule.breaks.map((each) => ({ from: each.from, to: each.to, ...charged(each) })),
    breakFrom: priceBreak?.from ?? null,
    priceKind: kind,
    basePrice: price,
    ...(price !== null && linePrice({ price, kind, quantity, markups }, notes)),
    onSale: kind === 'sale',
    scheduleOnSale: sale.isOnSale,
    validUntil: sale.validUntil,
  };
}

function unpriced(question: Question, pricings: Family['pricings']): Told {
  const { asked, notes } = question;
  const quantity = asked.quantity ?? 1;
  notes.reasonIf(!isQuantity(quantity), 'LineItem.QuantityMustBePositive');
  checkedLine(question, quantity);
  return { priceState: pricings.length === 0 ? 'notCarried' : 'none', quantity: told(quantity) };
}

/** Notes what is wrong with the line beside its quantity and price. */
function checkedLine({ product, asked, notes }: Question, quantity: number): Markup[] {
  checkPurchase(product, { quantity, otherQuantity: asked.otherQuantity }, notes);
  return markupsOf(product.specs, asked, notes);
}

/** JSON has no other numbers. */
function told(quantity: number): number | null {
  return Number.isFinite(quantity) ? quantity : null;
}
