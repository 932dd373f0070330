import { productId } from '../../src/message/scalars.ts';
import type { CatalogItem } from '../../src/store/product-catalog.ts';
import type { Product } from '../ordercloud/catalog-models.ts';
import { type DefaultPrice, priceText } from './default-price.ts';

/** One property that differs, as text. */
export type Mismatch = {
  field: 'name' | 'active' | 'default price schedule' | 'default price';
  orderCloud: string;
  stored: string;
};

/** A product as OrderCloud has it; a price is undefined where it cannot be told. */
export type Listed = { product: Product; price: DefaultPrice | null | undefined };

export type CompareOptions = {
  /** Whether messages carry prices; unless they surely do, a document without any says nothing. */
  pricesExpected: boolean;
};

/** Whether the app stores products of this ID at all; messages of others become dead letters. */
export function isStorable(id: string): boolean {
  return productId.safeParse(id).success;
}

/** What differs between OrderCloud's product and a stored one that is not deleted. */
export function compareProduct(
  listed: Listed,
  stored: CatalogItem,
  { pricesExpected }: CompareOptions,
): Mismatch[] {
  const { product } = listed;
  const mismatches: Mismatch[] = [];
  const name = product.Name ?? null;
  if (name !== stored.name) {
    mismatches.push({ field: 'name', orderCloud: name ?? 'none', stored: stored.name ?? 'none' });
  }
  // A message without `Active` says nothing, and readers ask for what is active.
  const [isActive, isStoredActive] = [product.Active === true, stored.active === true];
  if (isActive !== isStoredActive) {
    mismatches.push({ field: 'active', orderCloud: String(isActive), stored: String(stored.active) });
  }
  if (stored.defaultScheduleId === undefined && !pricesExpected) return mismatches;
  return [...mismatches, ...comparePrice(listed, stored)];
}

function comparePrice({ product, price }: Listed, stored: CatalogItem): Mismatch[] {
  const scheduleId = product.DefaultPriceScheduleID || null;
  const storedId = stored.defaultScheduleId ?? null;
  if (!areSameIds(scheduleId, storedId)) {
    const [orderCloud, here] = [scheduleId ?? 'none', storedId ?? 'none'];
    return [{ field: 'default price schedule', orderCloud, stored: here }];
  }
  if (scheduleId === null || price === undefined || isSamePrice(price, stored.display)) return [];
  return [{ field: 'default price', orderCloud: priceText(price), stored: priceText(stored.display) }];
}

/** OrderCloud compares IDs without case. */
function areSameIds(one: string | null, other: string | null): boolean {
  return one?.toLowerCase() === other?.toLowerCase();
}

function isSamePrice(one: DefaultPrice | null, other: DefaultPrice | null): boolean {
  return (
    one?.price === other?.price && one?.currency === other?.currency && one?.salePrice === other?.salePrice
  );
}
