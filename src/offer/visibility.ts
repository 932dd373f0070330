import type { Family } from './inherit.ts';
import type { Notes } from './notes.ts';
import { type Asked, idKey } from './read-context.ts';
import type { Offer } from './types.ts';

/**
 * A. What the product is visible by, or null: then every rule that fails is a reason.
 * - A1, A2: active, of this marketplace, assigned to the buyer or to one of the user's groups (product-visibility.mdx;
 *   "Product updated message"; SearchRequestMapper.cs).
 * - A3: in the catalog and in the category asked for (viewing-products.mdx).
 * - A5: sold by the seller asked for; `AllSuppliersCanSell` makes nobody a seller
 *   (products-pricing-ordering-in-marketplaces.mdx; SearchRequestMapper.cs).
 * - A6: price, stock, sale and variants play no part (product-visibility.mdx, Scenario 2; inventory-management.mdx).
 */
export function visibleBy({ product, assigned }: Family, asked: Asked, notes: Notes): Offer['via'] {
  const marketplace = idKey(product.marketplace);
  const isOtherMarketplace =
    marketplace !== null && asked.marketplace !== null && marketplace !== asked.marketplace;
  const via = has(assigned.buyerIds, asked.buyerId) ? 'company' : viaGroup(assigned.userGroupIds, asked);
  const isSold =
    has([product.ownerId, product.defaultSupplierId], asked.sellerId) ||
    has(assigned.supplierIds, asked.sellerId);
  notes.reasonIf(assigned.active !== true, 'not-active');
  notes.reasonIf(isOtherMarketplace, 'wrong-marketplace');
  notes.reasonIf(via === null, 'not-assigned');
  notes.reasonIf(asked.catalogId !== null && !has(assigned.catalogIds, asked.catalogId), 'not-in-catalog');
  notes.reasonIf(
    asked.categoryId !== null && !has(assigned.categoryIds, asked.categoryId),
    'not-in-category',
  );
  notes.reasonIf(asked.sellerId !== null && !isSold, 'seller-does-not-sell');
  return notes.reasons().length === 0 ? via : null;
}

function viaGroup(userGroupIds: readonly string[], asked: Asked): Offer['via'] {
  return userGroupIds.some((id) => asked.userGroupIds.has(id.toLowerCase())) ? 'userGroup' : null;
}

function has(ids: readonly (string | null)[], wanted: string | null): boolean {
  return wanted !== null && ids.some((id) => idKey(id) === wanted);
}
