import type {
  PartyPriceSchedule,
  PriceSchedule,
  ProductUpdated,
  SellerDefaultPriceSchedule,
} from '../message/product-updated.ts';
import { displayPrice } from './display-price.ts';
import type { Pricing, Schedule } from './document.ts';
import { byCodeUnit, lastOfEach, type Placed, pathOf } from './order.ts';
import { type PlacedSchedule, toSchedule } from './price-schedule.ts';
import { type Warn, warningsCollector, warnOfNull } from './warnings.ts';

/**
 * The price part of a product document; null if the message carried no price property (an empty list counts as
 * carried). It keeps every distinct schedule once, however many parties share it.
 */
export function toPricing(product: ProductUpdated, warn: Warn): Pricing | null {
  const defaultSchedule = product.DefaultPriceSchedule ?? null;
  if (!defaultSchedule && !product.PartyPriceSchedules && !product.SellerDefaultPriceSchedules) return null;

  const parties = partiesSent(product, warn).sort(byParty);
  const sellers = sellersSent(product, warn).sort(({ item: a }, { item: b }) =>
    byCodeUnit(a.Seller, b.Seller),
  );
  const schedules = keepSchedules(defaultSchedule, parties, sellers, warn);

  const claimedId = product.DefaultPriceScheduleID || null;
  const claimedIfSent = claimedId !== null && schedules.sentIds.has(claimedId) ? claimedId : null;
  const defaultScheduleId = defaultSchedule ? schedules.storedIdOf(defaultSchedule) : claimedIfSent;
  if (claimedId !== null && claimedId !== (defaultSchedule?.ID ?? claimedIfSent)) {
    warn(
      'default-price-schedule-mismatch',
      'DefaultPriceScheduleID',
      'It does not name the default price schedule that was sent.',
    );
  }
  return {
    defaultScheduleId,
    display:
      defaultScheduleId === null ? null : displayPrice(schedules.byId.get(defaultScheduleId) as Schedule),
    schedules: [...schedules.byId.values()].sort((a, b) => byCodeUnit(a.id, b.id)),
    parties: parties.map(({ item, index }) => ({
      type: item.PartyType,
      id: item.Party,
      sellerId: item.Seller || null,
      scheduleId: schedules.storedIdOf(item.PriceSchedule),
      order: index,
    })),
    sellers: sellers.map(({ item }) => ({
      sellerId: item.Seller,
      scheduleId: schedules.storedIdOf(item.PriceSchedule),
    })),
  };
}

/** The last of each party and seller, in the order sent. */
function partiesSent(product: ProductUpdated, warn: Warn): Placed<PartyPriceSchedule>[] {
  return lastOfEach(product.PartyPriceSchedules, {
    list: 'PartyPriceSchedules',
    // The length keeps any two keys apart, whatever the IDs contain.
    keyOf: ({ PartyType, Party, Seller }) =>
      `${PartyType} ${Party.length} ${Party} ${Seller ? `of ${Seller}` : ''}`,
    onDuplicate: (place) =>
      warn(
        'duplicate-party-price-schedule',
        () => pathOf(place),
        'The same party and seller again; the last is kept.',
      ),
    onNull: warnOfNull(warn),
  });
}

/** The last of each seller, in the order sent. */
function sellersSent(product: ProductUpdated, warn: Warn): Placed<SellerDefaultPriceSchedule>[] {
  return lastOfEach(product.SellerDefaultPriceSchedules, {
    list: 'SellerDefaultPriceSchedules',
    keyOf: (seller) => seller.Seller,
    onDuplicate: (place) =>
      warn('duplicate-seller-default', () => pathOf(place), 'The same seller again; the last is kept.'),
    onNull: warnOfNull(warn),
  });
}

function byParty({ item: a }: Placed<PartyPriceSchedule>, { item: b }: Placed<PartyPriceSchedule>): number {
  return (
    byCodeUnit(a.PartyType, b.PartyType) ||
    byCodeUnit(a.Party, b.Party) ||
    byCodeUnit(a.Seller || null, b.Seller || null)
  );
}

type KeptSchedules = {
  /** The IDs that this message gives to its schedules. */
  sentIds: { has(id: string): boolean };
  /** The distinct schedules by stored id. */
  byId: ReadonlyMap<string, Schedule>;
  storedIdOf: (schedule: PriceSchedule) => string;
};

/**
 * Keeps every distinct schedule under its own id, in the order default, parties, sellers. Different content under one
 * ID becomes `<id>#2` and so on, never an ID that this message gives to another schedule.
 */
function keepSchedules(
  defaultSchedule: PriceSchedule | null,
  parties: readonly Placed<PartyPriceSchedule>[],
  sellers: readonly Placed<SellerDefaultPriceSchedule>[],
  warn: Warn,
): KeptSchedules {
  const sent: PlacedSchedule[] = [...parties, ...sellers].map((placed) => ({
    schedule: placed.item.PriceSchedule,
    path: () => `${pathOf(placed)}.PriceSchedule`,
  }));
  if (defaultSchedule !== null)
    sent.unshift({ schedule: defaultSchedule, path: () => 'DefaultPriceSchedule' });
  const timesSent = new Map<string, number>();
  for (const { schedule } of sent) timesSent.set(schedule.ID, (timesSent.get(schedule.ID) ?? 0) + 1);
  const byId = new Map<string, Schedule>();
  const idOfContent = new Map<string, string>();
  const lastNumber = new Map<string, number>();

  const keep = (placed: PlacedSchedule): string => {
    const { warnings, warn: note } = warningsCollector();
    const schedule = toSchedule(placed, note);
    const content = timesSent.get(schedule.id) === 1 ? null : JSON.stringify(schedule);
    const known = content === null ? undefined : idOfContent.get(content);
    if (known !== undefined) return known;
    for (const { code, path, message } of warnings) warn(code, path, message);
    const id = byId.has(schedule.id) ? nextFreeId(schedule.id, timesSent, lastNumber) : schedule.id;
    if (id !== schedule.id) {
      warn('price-schedule-conflict', placed.path, 'Other content came under the same ID.');
      schedule.id = id;
    }
    byId.set(id, schedule);
    if (content !== null) idOfContent.set(content, id);
    return id;
  };

  // Compares contents as JSON, and only if an ID comes more than once. First as they were sent: parties that share a
  // schedule mostly sent the same, and then there is nothing to convert.
  const idOfSent = new Map<string, string>();
  const idOfSchedule = new Map<PriceSchedule, string>();
  for (const placed of sent) {
    const { schedule } = placed;
    const asSent = timesSent.get(schedule.ID) === 1 ? null : JSON.stringify(schedule);
    const id = (asSent === null ? undefined : idOfSent.get(asSent)) ?? keep(placed);
    if (asSent !== null) idOfSent.set(asSent, id);
    idOfSchedule.set(schedule, id);
  }
  return { sentIds: timesSent, byId, storedIdOf: (schedule) => idOfSchedule.get(schedule) as string };
}

function nextFreeId(
  id: string,
  taken: { has(id: string): boolean },
  lastNumber: Map<string, number>,
): string {
  let number = lastNumber.get(id) ?? 1;
  do number += 1;
  while (taken.has(`${id}#${number}`));
  lastNumber.set(id, number);
  return `${id}#${number}`;
}
