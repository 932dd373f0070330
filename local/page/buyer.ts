import { type Offer, offerFor, type SpecSelection } from '../../src/offer/offer.ts';
import type { Item, Product } from './api.ts';

/** Who buys, how many, and when, as chosen at the top of the page. */
export type Buyer = {
  company: string;
  groups: string[];
  /** As somebody typed them. */
  groupsText: string;
  seller: string;
  /** Empty: prices without a currency. */
  currency: string;
  quantity: number | null;
  /** Milliseconds since 1970. */
  at: number;
  isNow: boolean;
};

/** Reads it from the query. Without `currency`, the currency of most prices counts. */
export function buyerFrom(query: URLSearchParams, currencies: readonly string[], now: number): Buyer {
  const date = Date.parse(query.get('date') ?? '');
  const quantity = Number(query.get('quantity') ?? '');
  return {
    company: query.get('company') ?? '',
    groups: (query.get('groups') ?? '')
      .split(',')
      .map((group) => group.trim())
      .filter((group) => group !== ''),
    groupsText: query.get('groups') ?? '',
    seller: query.get('seller') ?? '',
    currency: query.get('currency')?.replace(/^none$/, '') ?? currencies[0] ?? '',
    quantity: query.get('quantity') && Number.isFinite(quantity) ? quantity : null,
    at: Number.isNaN(date) ? now : date,
    isNow: Number.isNaN(date),
  };
}

/** Whether a buyer is chosen. Otherwise the page shows list prices only. */
export function isSomebody({ company, groups }: Buyer): boolean {
  return company !== '' || groups.length > 0;
}

/** A buyer who may see everything, and who has no price of their own. */
const ANYONE = '(anyone)';

/** A product, its parent if it is known, and the specs selected. */
export type Line = { item: Item; parent: Item | undefined; specs?: SpecSelection[] };

/** What this buyer may see and pays. Without a buyer, the list price. */
export function offerTo(buyer: Buyer, { item, parent, specs = [] }: Line): Offer {
  const isAnyone = !isSomebody(buyer);
  const seen = isAnyone && isProduct(item) ? { ...item, buyerIds: [ANYONE] } : item;
  return offerFor(seen, {
    at: buyer.at,
    buyerId: isAnyone ? ANYONE : buyer.company,
    userGroupIds: buyer.groups,
    currency: buyer.currency,
    sellerId: buyer.seller,
    quantity: buyer.quantity,
    specs,
    parent: parent ?? null,
  });
}

/** Whether it is a product and not a tombstone. */
export function isProduct(item: Item): item is Product {
  return !('deleted' in item);
}

/** The choices that the catalog offers, the most frequent first. */
export type Choices = {
  companies: string[];
  groups: string[];
  sellers: string[];
  currencies: string[];
  categories: string[];
  /** Start and end of every sale, in milliseconds. */
  sales: { start: number; end: number; name: string }[];
};

/** Collects the choices from all products. */
export function choicesIn(items: Iterable<Item>): Choices {
  const companies: string[] = [];
  const groups: string[] = [];
  const sellers: string[] = [];
  const currencies: string[] = [];
  const categories: string[] = [];
  const sales: Choices['sales'] = [];
  for (const item of items) {
    if (!isProduct(item)) continue;
    const { parties = [], sellers: others = [], schedules = [] } = item.pricing ?? {};
    companies.push(...item.buyerIds, ...parties.flatMap(({ type, id }) => (type === 'company' ? id : [])));
    groups.push(...item.userGroupIds, ...parties.flatMap(({ type, id }) => (type === 'userGroup' ? id : [])));
    sellers.push(...item.supplierIds, ...[...parties, ...others].flatMap(({ sellerId }) => sellerId || []));
    categories.push(...item.categories.map(({ id, name }) => name ?? id));
    for (const { currency, saleStart, saleEnd } of schedules) {
      if (currency) currencies.push(currency.trim());
      const [start, end] = [Date.parse(saleStart ?? ''), Date.parse(saleEnd ?? '')];
      if (start < end) sales.push({ start, end, name: item.name ?? item.id });
    }
  }
  return {
    companies: byFrequency(companies),
    groups: byFrequency(groups),
    sellers: byFrequency(sellers),
    currencies: byFrequency(currencies),
    categories: [...new Set(categories)].sort((a, b) => a.localeCompare(b)),
    sales,
  };
}

/** Each value once, the most frequent first. */
function byFrequency(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([value]) => value);
}
