import type { PriceSchedule, ProductUpdated } from '../message/product-updated.ts';
import type { CategoryDocument, PartyPrice, Pricing, Schedule, SpecDocument } from './document.ts';
import { toSchedule } from './price-schedule.ts';
import { partiesSent, sellersSent } from './pricing.ts';

// The shortest that an item of a document's lists can be as JSON, each with the comma or bracket behind it.
const CATEGORY: CategoryDocument = { id: '', name: '', active: true, listOrder: 0 };
const SPEC: SpecDocument = {
  id: '',
  name: '',
  listOrder: 0,
  required: true,
  allowOpenText: true,
  definesVariant: true,
  defaultValue: '',
  defaultOptionId: '',
  options: [],
  xp: 0,
};
const PARTY: PartyPrice = { type: 'user', id: '', sellerId: '', scheduleId: '', order: 0 };
const SELLER: Pricing['sellers'][number] = { sellerId: '', scheduleId: '' };
const SCHEDULE: Schedule = {
  id: '',
  name: '',
  ownerId: '',
  currency: '',
  applyTax: true,
  applyShipping: true,
  useCumulativeQuantity: true,
  restrictedQuantity: true,
  minQuantity: 0,
  maxQuantity: 0,
  saleStart: null,
  saleEnd: null,
  breaks: [],
  xp: 0,
};

// Once, and not for each message.
const CATEGORY_BYTES = bytesOf(CATEGORY);
const SPEC_BYTES = bytesOf(SPEC);
const PARTY_BYTES = bytesOf(PARTY);
const SELLER_BYTES = bytesOf(SELLER);
const SCHEDULE_BYTES = bytesOf(SCHEDULE);

/**
 * Whether a message has so many categories, specs, parties, sellers or price schedules that its document has more than
 * `limit` bytes of JSON, however short each of them is. It stops counting there: a message can hold many times as many,
 * and to make a document of them, and sort it, would take far longer than to read them. False says nothing: the document
 * has to be measured.
 */
export function hasTooManyItems(limit: number, product: ProductUpdated): boolean {
  return (
    hasMoreThan(limit / CATEGORY_BYTES, product.Categories) ||
    hasMoreThan(limit / SPEC_BYTES, product.Specs) ||
    hasTooManyPrices(limit, product)
  );
}

function bytesOf(shortest: object): number {
  return JSON.stringify(shortest).length + 1;
}

/** Whether a list has more than `most` items with IDs of their own. */
function hasMoreThan(most: number, items: readonly { ID: string }[] | null | undefined): boolean {
  if (!items || items.length <= most) return false;
  const ids = new Set<string>();
  for (const { ID } of items) {
    ids.add(ID);
    if (ids.size > most) return true;
  }
  return false;
}

/** Only what nothing overrides is counted: the last of each party and seller; and each distinct schedule once. */
function hasTooManyPrices(limit: number, product: ProductUpdated): boolean {
  const { PartyPriceSchedules, SellerDefaultPriceSchedules } = product;
  const sent = (PartyPriceSchedules?.length ?? 0) + (SellerDefaultPriceSchedules?.length ?? 0);
  if (sent * SCHEDULE_BYTES <= limit) return false;
  const parties = partiesSent(product, () => {});
  const sellers = sellersSent(product, () => {});
  let bytes = parties.length * PARTY_BYTES + sellers.length * SELLER_BYTES;
  for (const content of distinctSchedules([...parties, ...sellers].map(({ item }) => item.PriceSchedule))) {
    if (bytes > limit) break;
    // A text has at least as many bytes as code units.
    bytes += content.length + 1;
  }
  return bytes > limit;
}

/** Every distinct content of price schedules once, as the JSON that a document has of it (but for a number at its ID). */
function* distinctSchedules(schedules: readonly PriceSchedule[]): Generator<string> {
  const known = new Set<string>();
  for (const schedule of schedules) {
    const asSent = JSON.stringify(schedule);
    if (known.has(asSent)) continue;
    known.add(asSent);
    const content = JSON.stringify(toSchedule({ schedule, path: () => '' }, () => {}));
    if (known.has(content)) continue;
    known.add(content);
    yield content;
  }
}
