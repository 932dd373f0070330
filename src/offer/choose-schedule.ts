import type { Family } from './inherit.ts';
import type { Notes } from './notes.ts';
import { type Asked, currencyCode, idKey } from './read-context.ts';
import type { Offer, StoredParty, StoredPricing, StoredSchedule } from './types.ts';

/** The schedule that applies, and by which rule. */
export interface Chosen {
  schedule: StoredSchedule;
  via: NonNullable<Offer['schedule']>['via'];
  partyId: string | null;
}

/** From the most specific party to the least. */
const LEVELS = ['user', 'userGroup', 'company'] as const;

/**
 * B. The schedule that applies to this buyer: of the product's own prices, else of its parent's. The first hit wins:
 * - B1: a party of this buyer, also when dearer than the default (products-pricing-ordering-in-marketplaces.mdx);
 * - B2, B3: the default of the seller asked for, then the product's (the same; product-visibility.mdx, Scenario 2);
 * - B4: none, and the reason is noted. Another customer's price is never taken, though SearchProxy takes one as its last
 *   resort. That another seller has one for this buyer is a doubt: what then happens is not published.
 */
export function chooseSchedule(family: Family, asked: Asked, notes: Notes): Chosen | null {
  const lists = family.pricings.map((pricing) => priceList(pricing, family.product.ownerId, asked));
  for (const list of lists) {
    const chosen = ofParty(list, asked, notes) ?? ofSeller(list) ?? ofProduct(list);
    if (chosen !== null) return chosen;
  }
  notes.reasonIf(lists.length === 0, 'prices-not-carried');
  notes.reasonIf(lists.length > 0, 'PriceSchedule.MissingOrConflicting');
  notes.doubtIf(
    lists.some(({ mine }) => mine.length > 0),
    'price-of-another-seller',
  );
  return null;
}

/** The prices of one document, as far as they exist for the one who asks. */
interface PriceList {
  pricing: StoredPricing;
  /** By ID; only those of the currency asked for exist. */
  scheduleOf: (id: string) => StoredSchedule | undefined;
  /** The parties that are the user, one of the groups, or the buyer. */
  mine: StoredParty[];
  /** Null where none is asked for; the owner is the same as none. */
  sellerAsked: string | null;
  isForSeller: (party: StoredParty) => boolean;
}

/**
 * Currency: globalization-multicurrency-multilanguage.mdx; SearchResponseMapper_CurrencyTests.cs. The owner as seller is
 * the same as none asked (products-pricing-ordering-in-marketplaces.mdx).
 */
function priceList(pricing: StoredPricing, ownerId: string | null, asked: Asked): PriceList {
  const scheduleOf = (wanted: string) =>
    pricing.schedules.find(
      ({ id, currency }) => id === wanted && idKey(currencyCode(currency)) === asked.currency,
    );
  const owner = idKey(ownerId);
  const sellerAsked = asked.sellerId === owner ? null : asked.sellerId;
  return {
    pricing,
    scheduleOf,
    mine: pricing.parties.filter((party) => isMine(party, asked) && scheduleOf(party.scheduleId)),
    sellerAsked,
    isForSeller({ sellerId }) {
      const seller = idKey(sellerId);
      return sellerAsked === null ? seller === null || seller === owner : seller === sellerAsked;
    },
  };
}

function isMine({ type, id }: StoredParty, asked: Asked): boolean {
  const key = idKey(id);
  if (key === null) return false;
  if (type === 'userGroup') return asked.userGroupIds.has(key);
  return key === (type === 'user' ? asked.userId : asked.buyerId);
}

/**
 * User before group before company: "User Group level is more specific" (locale-how-to-globalize-your-ecommerce.mdx;
 * product-visibility.mdx, Scenario 1). Of a user's own schedules, and of the order within a level, nothing is published:
 * a ProductAssignment of the SDK has no user, and SearchProxy takes the first in the message.
 */
function ofParty(
  { pricing, scheduleOf, mine, isForSeller }: PriceList,
  asked: Asked,
  notes: Notes,
): Chosen | null {
  const hasOfSomeUser =
    asked.userId === null &&
    pricing.parties.some(
      (party) => party.type === 'user' && isForSeller(party) && scheduleOf(party.scheduleId),
    );
  notes.doubtIf(hasOfSomeUser, 'party-type-user');
  for (const level of LEVELS) {
    const [first, ...others] = mine
      .filter((party) => party.type === level && isForSeller(party))
      .sort(byOrder);
    if (first === undefined) continue;
    notes.doubtIf(level === 'user', 'party-type-user');
    notes.doubtIf(
      others.some(({ scheduleId }) => scheduleId !== first.scheduleId),
      'several-schedules',
    );
    return chosen(scheduleOf(first.scheduleId), level, first.id);
  }
  return null;
}

function ofSeller({ pricing, scheduleOf, sellerAsked }: PriceList): Chosen | null {
  if (sellerAsked === null) return null;
  const seller = pricing.sellers.find(
    ({ sellerId, scheduleId }) => idKey(sellerId) === sellerAsked && scheduleOf(scheduleId),
  );
  return seller === undefined
    ? null
    : chosen(scheduleOf(seller.scheduleId), 'sellerDefault', seller.sellerId);
}

function ofProduct({ pricing, scheduleOf }: PriceList): Chosen | null {
  const id = pricing.defaultScheduleId;
  return id === null ? null : chosen(scheduleOf(id), 'default', null);
}

function chosen(
  schedule: StoredSchedule | undefined,
  via: Chosen['via'],
  partyId: string | null,
): Chosen | null {
  return schedule === undefined ? null : { schedule, via, partyId };
}

/** Parties of one place in the message, which no document of ours has, go by ID so that the answer is always the same. */
function byOrder(a: StoredParty, b: StoredParty): number {
  if (a.order === undefined || b.order === undefined) return 0;
  return a.order - b.order || compare(a.id, b.id) || compare(a.scheduleId, b.scheduleId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
