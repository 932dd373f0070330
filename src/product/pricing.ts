import type {
  PartyPriceSchedule,
  ProductUpdated,
  SellerDefaultPriceSchedule,
} from '../message/product-updated.ts';
import type { Pricing, Schedule } from './document.ts';
import { byCodeUnit, type Entry, type ListRules, lastOfEach, sorted } from './lists.ts';
import { displayPrice } from './price-schedule.ts';
import { scheduleRegistry } from './schedule-registry.ts';
import type { Warn } from './warnings.ts';

const PARTIES: ListRules<PartyPriceSchedule> = {
  // With a seller it begins with a number: so any two keys differ, whatever the IDs contain.
  keyOf: ({ PartyType, Party, Seller }) =>
    Seller ? `${Party.length} ${PartyType} ${Party} ${Seller}` : `${PartyType} ${Party}`,
  ifTwice: ['duplicate-party-price-schedule', 'The same party and seller again; the last is kept.'],
};

const SELLERS: ListRules<SellerDefaultPriceSchedule> = {
  keyOf: ({ Seller }) => Seller,
  ifTwice: ['duplicate-seller-default', 'The same seller again; the last is kept.'],
};

/**
 * The price part of a product document; null if the message carried no price property (an empty list counts as
 * carried). It keeps every distinct schedule once, however many parties share it: those of the default, the parties
 * and the sellers, in this order.
 */
export function toPricing(product: ProductUpdated, warn: Warn): Pricing | null {
  const { DefaultPriceSchedule, PartyPriceSchedules, SellerDefaultPriceSchedules } = product;
  if (!DefaultPriceSchedule && !PartyPriceSchedules && !SellerDefaultPriceSchedules) return null;

  const partyList = { items: PartyPriceSchedules, path: 'PartyPriceSchedules' };
  const sentParties = sorted(lastOfEach(partyList, PARTIES, warn), byParty);
  const sellerList = { items: SellerDefaultPriceSchedules, path: 'SellerDefaultPriceSchedules' };
  const sentSellers = sorted(lastOfEach(sellerList, SELLERS, warn), bySeller);
  const sentIds = new Set<string>();
  if (DefaultPriceSchedule) sentIds.add(DefaultPriceSchedule.ID);
  for (const { item } of [...sentParties, ...sentSellers]) sentIds.add(item.PriceSchedule.ID);

  const registry = scheduleRegistry(sentIds, warn);
  const defaultId = DefaultPriceSchedule
    ? registry.add({ schedule: DefaultPriceSchedule, path: 'DefaultPriceSchedule' })
    : null;
  const parties = sentParties.map(({ item, index }) => ({
    type: item.PartyType,
    id: item.Party,
    sellerId: item.Seller || null,
    scheduleId: registry.add({
      schedule: item.PriceSchedule,
      path: `PartyPriceSchedules[${index}].PriceSchedule`,
    }),
    order: index,
  }));
  const sellers = sentSellers.map(({ item, index }) => ({
    sellerId: item.Seller,
    scheduleId: registry.add({
      schedule: item.PriceSchedule,
      path: `SellerDefaultPriceSchedules[${index}].PriceSchedule`,
    }),
  }));

  const claimedId = product.DefaultPriceScheduleID || null;
  const defaultScheduleId = defaultId ?? (claimedId !== null && sentIds.has(claimedId) ? claimedId : null);
  if (claimedId !== null && claimedId !== defaultScheduleId) {
    warn(
      'default-price-schedule-mismatch',
      'DefaultPriceScheduleID',
      'It does not name the default price schedule that was sent.',
    );
  }
  return {
    defaultScheduleId,
    display:
      defaultScheduleId === null ? null : displayPrice(registry.byId.get(defaultScheduleId) as Schedule),
    schedules: [...registry.byId.values()].sort((a, b) => byCodeUnit(a.id, b.id)),
    parties,
    sellers,
  };
}

function byParty({ item: a }: Entry<PartyPriceSchedule>, { item: b }: Entry<PartyPriceSchedule>): number {
  return (
    byCodeUnit(a.PartyType, b.PartyType) ||
    byCodeUnit(a.Party, b.Party) ||
    byCodeUnit(a.Seller || null, b.Seller || null)
  );
}

function bySeller(
  { item: a }: Entry<SellerDefaultPriceSchedule>,
  { item: b }: Entry<SellerDefaultPriceSchedule>,
) {
  return byCodeUnit(a.Seller, b.Seller);
}
