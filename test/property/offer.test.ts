import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Offer,
  type OfferContext,
  offerFor,
  type StoredPricing,
  type StoredProduct,
} from '../../src/offer/offer.ts';
import { exactSubtotal } from './exact-subtotal.ts';
import { offerContext, storedProduct } from './offer-arbitrary.ts';

const RUNS = { numRuns: 4_000 };

/** Checks a property of every offer, and that enough of them had a price to speak of. */
function everyOffer(holds: (offer: Offer, product: StoredProduct, context: OfferContext) => void): void {
  let priced = 0;
  fc.assert(
    fc.property(storedProduct, offerContext, (product, context) => {
      const offer = offerFor(product, context);
      if (offer.unitPrice !== null) priced += 1;
      holds(offer, product, context);
    }),
    RUNS,
  );
  expect(priced).toBeGreaterThan(100);
}

const permuted = <Item>(items: readonly Item[], seed: number): Item[] =>
  items
    .map((item, index) => ({ item, rank: Math.imul(index + 1, seed | 1) >>> 0 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);

const withPricing = (product: StoredProduct, change: (pricing: StoredPricing) => StoredPricing) => ({
  ...product,
  pricing: product.pricing && change(product.pricing),
});

describe('any offer', () => {
  it('is the same in whatever order schedules are stored, and parties of one place in the message', () => {
    everyOffer((_, product, context) => {
      const placed = withPricing(product, (pricing) => ({
        ...pricing,
        parties: pricing.parties.map((party) => ({ ...party, order: party.order ?? 0 })),
      }));
      const expected = offerFor(placed, context);
      for (const seed of [3, 7, 11]) {
        const other = withPricing(placed, (pricing) => ({
          ...pricing,
          schedules: permuted(pricing.schedules, seed),
          parties: permuted(pricing.parties, seed),
        }));
        expect(offerFor(other, context)).toEqual(expected);
      }
    });
  });

  it('stays the same until validUntil, where it changes', () => {
    let ending = 0;
    everyOffer((offer, product, context) => {
      const end = offer.validUntil === null ? Number(context.at) + 20 : Date.parse(offer.validUntil);
      expect(end).toBeGreaterThan(Number(context.at));
      for (let at = Number(context.at); at < end; at += 1) {
        expect(offerFor(product, { ...context, at })).toEqual(offer);
      }
      if (offer.validUntil === null) return;
      ending += 1;
      expect(offerFor(product, { ...context, at: end })).not.toEqual(offer);
    });
    expect(ending).toBeGreaterThan(50);
  });

  it('can be ordered exactly when there is no reason against it', () => {
    everyOffer(({ orderable, reasons, visible, unitPrice }) => {
      expect(orderable).toBe(reasons.length === 0);
      if (orderable) expect([visible, unitPrice === null]).toEqual([true, false]);
    });
  });

  it('tells nothing of the schedules that are not this buyer’s, the seller’s or the default', () => {
    everyOffer((offer, product, context) => {
      const others = withoutForeign(product, context);
      const parent =
        context.parent && 'pricing' in context.parent
          ? withoutForeign(context.parent, context, product)
          : context.parent;
      expect(offerFor(others, { ...context, parent: parent ?? null })).toEqual(offer);
    });
  });

  it('has the line subtotal and unit price of a calculation with integers', () => {
    everyOffer((offer, product, context) => {
      if (offer.basePrice === null || offer.quantity === null) return;
      const exact = exactSubtotal(offer, product, context);
      expect([offer.lineSubtotal, offer.unitPrice]).toEqual([exact.lineSubtotal, exact.unitPrice]);
      expect(offer.doubts.includes('rounding-tie')).toBe(exact.isTie);
    });
  });

  it('changes nothing that it is given', () => {
    everyOffer((_, product, context) => {
      const before = JSON.stringify([product, context]);
      offerFor(deepFrozen(product), deepFrozen(context));
      expect(JSON.stringify([product, context])).toBe(before);
    });
  });

  it('says nothing of a product that is not visible but why', () => {
    everyOffer((offer, product, context) => {
      if (offer.visible) return;
      const nothing = offerFor(null, context);
      const { reasons, doubts, ...told } = offer;
      expect({ ...told, reasons: [], doubts: [] }).toEqual({
        ...nothing,
        found: true,
        reasons: [],
        doubts: [],
      });
      expect(doubts.filter((doubt) => doubt !== 'inherited-from-parent')).toEqual([]);
      expect(reasons.length).toBeGreaterThan(0);
      expect(product).toBeDefined();
    });
  });
});

/** Without the prices of parties that are not this buyer's: they are moved to a schedule that costs a million. */
function withoutForeign(product: StoredProduct, context: OfferContext, child = product): StoredProduct {
  return withPricing(product, (pricing) => {
    const key = (text: string | null | undefined) => (text ? text.toLowerCase() : null);
    const owner = key(child.ownerId);
    const seller = key(context.sellerId) === owner ? null : key(context.sellerId);
    const mine = {
      user: [key(context.userId)],
      userGroup: (context.userGroupIds ?? []).map(key),
      company: [key(context.buyerId)],
    };
    const kept = new Set([
      pricing.defaultScheduleId,
      ...pricing.sellers.filter((each) => key(each.sellerId) === seller).map((each) => each.scheduleId),
      ...pricing.parties
        .filter(({ type, id }) => key(id) !== null && mine[type].includes(key(id)))
        .filter(({ sellerId }) =>
          seller === null ? key(sellerId) === null || key(sellerId) === owner : key(sellerId) === seller,
        )
        .map(({ scheduleId }) => scheduleId),
    ]);
    const schedules = pricing.schedules.map((schedule) =>
      kept.has(schedule.id)
        ? schedule
        : { ...schedule, minQuantity: 7_777, saleStart: null, saleEnd: null, breaks: [] },
    );
    return { ...pricing, schedules };
  });
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFrozen);
  return Object.freeze(value);
}
