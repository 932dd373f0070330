import { idKey } from './read-context.ts';
import type { StoredPricing, StoredProduct, Tombstone } from './types.ts';

/** The lists that say who may see a product, as they count: of a child, partly its parent's. */
export type Assignments = Pick<
  StoredProduct,
  'active' | 'buyerIds' | 'userGroupIds' | 'catalogIds' | 'categoryIds' | 'supplierIds'
>;

/** A product with what it has from its parent. */
export interface Family {
  product: StoredProduct;
  assigned: Assignments;
  /** Where a price is looked for: in the product's own prices, then in its parent's. */
  pricings: StoredPricing[];
  /** It is a child, and its parent was not given. */
  isParentMissing: boolean;
}

/** Whether this is a product document, and not a tombstone or nothing (rule A0). */
export function isProduct(document: StoredProduct | Tombstone | null): document is StoredProduct {
  return document !== null && !('deleted' in document);
}

/**
 * What a child has from its parent: it is inactive unless the parent is active; assignments where it has none of its
 * own, both kinds together; catalogs, categories and suppliers, each alone; prices where it has none for this buyer.
 * Source: child-products.mdx of OrderCloud's documentation. What a child's message carries is not published, so a child
 * whose parent is not given is a doubt.
 */
export function inherit(product: StoredProduct, parent: StoredProduct | Tombstone | null): Family {
  const parentId = idKey(product.parentId);
  const isParent = parent !== null && parentId !== null && idKey(parent.id) === parentId;
  const pricings = product.pricing === null ? [] : [product.pricing];
  if (!isParent) return { product, assigned: product, pricings, isParentMissing: parentId !== null };
  if (!isProduct(parent)) {
    return { product, assigned: { ...product, active: false }, pricings, isParentMissing: false };
  }
  const isAssigned = product.buyerIds.length > 0 || product.userGroupIds.length > 0;
  const { buyerIds, userGroupIds } = isAssigned ? product : parent;
  const assigned = {
    active: product.active === true && parent.active === true,
    buyerIds,
    userGroupIds,
    catalogIds: orElse(product.catalogIds, parent.catalogIds),
    categoryIds: orElse(product.categoryIds, parent.categoryIds),
    supplierIds: orElse(product.supplierIds, parent.supplierIds),
  };
  if (parent.pricing !== null) pricings.push(parent.pricing);
  return { product, assigned, pricings, isParentMissing: false };
}

function orElse(own: readonly string[], parents: readonly string[]): readonly string[] {
  return own.length > 0 ? own : parents;
}
