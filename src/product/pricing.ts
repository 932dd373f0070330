import type {
  PartyPriceSchedule,
  ProductUpdated,
  SellerDefaultPriceSchedule,
} from '../message/product-updated.ts';
import { displayPrice } from './display-price.ts';
import type { Pricing, Schedule } from './document.ts';
import { lastOfEach } from './lists.ts';
import { byCodeUnit } from './order.ts';
import { scheduleRegistry } from './schedule-registry.ts';
import type { Warn } from './warnings.ts';

/** A party's price schedule, and its place in the list. */
type SentParty = { party: PartyPriceSchedule; order: number };

/**
 * The price part of a product document; null if the message carried no price property (an empty list counts as
 * carried). It keeps every distinct schedule once, however many parties share it: those of the default, the parties
 * and the sellers, in this order.
 */
export function toPricing(product: ProductUpdated, warn: Warn): Pricing | null {
  const { DefaultPriceSchedule, PartyPriceSchedules, SellerDefaultPriceSchedules } = product;
  if (!DefaultPriceSchedule && !PartyPriceSchedules && !SellerDefaultPriceSchedules) return null;

  const sentParties = partiesSent(product, warn);
  const sentSellers = sellersSent(product, warn);
  const sentIds = new Set<string>();
  if (DefaultPriceSchedule) sentIds.add(DefaultPriceSchedule.ID);
  for (const { party } of sentParties) sentIds.add(party.PriceSchedule.ID);
  for (const { PriceSchedule } of sentSellers) sentIds.add(PriceSchedule.ID);

  const registry = scheduleRegistry(sentIds, warn);
  const defaultId = DefaultPriceSchedule
    ? registry.add({ schedule: DefaultPriceSchedule, path: 'DefaultPriceSchedule' })
    : null;
  const parties = sentParties.map(({ party, order }) => ({
    type: party.PartyType,
    id: party.Party,
    sellerId: party.Seller || null,
    scheduleId: registry.add({
      schedule: party.PriceSchedule,
      path: () => `PartyPriceSchedules[${order}].PriceSchedule`,
    }),
    order,
  }));
  const sellers = sentSellers.map((seller) => ({
    sellerId: seller.Seller,
    scheduleId: registry.add({
      schedule: seller.PriceSchedule,
      path: () =>
        `SellerDefaultPriceSchedules[${SellerDefaultPriceSchedules?.indexOf(seller)}].PriceSchedule`,
    }),
  }));

  const claimedId = product.DefaultPriceScheduleID || null;
  const claimedIfSent = claimedId !== null && sentIds.has(claimedId) ? claimedId : null;
  if (claimedId !== null && claimedId !== (defaultId ?? claimedIfSent)) {
    warn(
      'default-price-schedule-mismatch',
      'DefaultPriceScheduleID',
      'It does not name the default price schedule that was sent.',
    );
  }
  const defaultScheduleId = defaultId ?? claimedIfSent;
  return {
    defaultScheduleId,
    display:
      defaultScheduleId === null ? null : displayPrice(registry.byId.get(defaultScheduleId) as Schedule),
    schedules: [...registry.byId.values()].sort((a, b) => byCodeUnit(a.id, b.id)),
    parties,
    sellers,
  };
}

/** The last of each party and seller, sorted. */
function partiesSent({ PartyPriceSchedules }: ProductUpdated, warn: Warn): SentParty[] {
  const sent = PartyPriceSchedules?.map((party, order) => party && { party, order });
  return lastOfEach<SentParty>(
    sent,
    {
      path: 'PartyPriceSchedules',
      // The length keeps any two keys apart, whatever the IDs contain.
      keyOf: ({ party: { PartyType, Party, Seller } }) =>
        `${PartyType} ${Party.length} ${Party} ${Seller ? `of ${Seller}` : ''}`,
      ifTwice: ['duplicate-party-price-schedule', 'The same party and seller again; the last is kept.'],
    },
    warn,
  ).sort(byParty);
}

/** The last of each seller, sorted. */
function sellersSent(product: ProductUpdated, warn: Warn): SellerDefaultPriceSchedule[] {
  return lastOfEach(
    product.SellerDefaultPriceSchedules,
    {
      path: 'SellerDefaultPriceSchedules',
      keyOf: ({ Seller }) => Seller,
      ifTwice: ['duplicate-seller-default', 'The same seller again; the last is kept.'],
    },
    warn,
  ).sort((a, b) => byCodeUnit(a.Seller, b.Seller));
}

function byParty({ party: a }: SentParty, { party: b }: SentParty): number {
  return (
    byCodeUnit(a.PartyType, b.PartyType) ||
    byCodeUnit(a.Party, b.Party) ||
    byCodeUnit(a.Seller || null, b.Seller || null)
  );
}
