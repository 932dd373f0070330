import type { Inventory, ProductUpdated } from '../message/product-updated.ts';
import {
  type CategoryDocument,
  type InventoryDocument,
  type Json,
  type ProductContent,
  SCHEMA_VERSION,
  type Warning,
} from './document.ts';
import { byId, byListOrder, lastOfEach, sorted, sortedUnique } from './lists.ts';
import { toPricing } from './pricing.ts';
import { toSpecs } from './specs.ts';
import { type Warn, warningsCollector } from './warnings.ts';

/** What the payload does not say by itself. */
type ContentParts = {
  /** Of the envelope or the configuration: counts if the payload names none. */
  marketplace: string | null;
  /** Paths of the numbers that lost digits when they were read. */
  inexactNumbers?: readonly string[];
};

/**
 * Converts a message to the document that storefronts read, without its sync mark. `IsOnSale` is left out on purpose: it was true when
 * OrderCloud built the message, and no message says when it ends.
 */
export function toProductContent(
  product: ProductUpdated,
  { marketplace, inexactNumbers = [] }: ContentParts,
): { content: ProductContent; warnings: Warning[] } {
  const { warnings, warn } = warningsCollector();
  for (const path of inexactNumbers)
    warn('number-not-exact', path, 'The nearest number that a double holds is stored.');
  const categories = toCategories(product, warn);
  const content: ProductContent = {
    id: product.ProductID,
    schemaVersion: SCHEMA_VERSION,
    marketplace: product.Marketplace || marketplace,
    ownerId: product.OwnerID || null,
    name: product.Name ?? null,
    description: product.Description ?? null,
    active: product.Active ?? null,
    isParent: product.IsParent ?? null,
    parentId: product.ParentID || null,
    quantityMultiplier: product.QuantityMultiplier ?? null,
    returnable: product.Returnable ?? null,
    autoForward: product.AutoForward ?? null,
    shipping: {
      weight: product.ShipWeight ?? null,
      height: product.ShipHeight ?? null,
      width: product.ShipWidth ?? null,
      length: product.ShipLength ?? null,
      fromAddressId: product.ShipFromAddressID || null,
    },
    defaultSupplierId: product.DefaultSupplierID || null,
    allSuppliersCanSell: product.AllSuppliersCanSell ?? null,
    supplierIds: sortedUnique(product.Suppliers, 'Suppliers', warn),
    buyerIds: sortedUnique(product.Buyers, 'Buyers', warn),
    userGroupIds: sortedUnique(product.UserGroups, 'UserGroups', warn),
    catalogIds: sortedUnique(product.Catalogs, 'Catalogs', warn),
    categories,
    categoryIds: categories.filter(({ active }) => active !== false).map(({ id }) => id),
    inventory: product.Inventory ? toInventory(product.Inventory) : null,
    variantCount: product.VariantCount ?? null,
    specCount: product.SpecCount ?? null,
    pricing: toPricing(product, warn),
    specs: toSpecs(product, warn),
    xp: (product.xp ?? null) as Json,
  };
  return { content, warnings };
}

const CATEGORIES = byId('duplicate-category', 'category');

function toCategories(product: ProductUpdated, warn: Warn): CategoryDocument[] {
  const list = { items: product.Categories, path: 'Categories' };
  const categories = lastOfEach(list, CATEGORIES, warn).map(({ item }) => ({
    id: item.ID,
    name: item.Name ?? null,
    active: item.Active ?? null,
    listOrder: item.ListOrder ?? null,
  }));
  return sorted(categories, byListOrder);
}

function toInventory(inventory: Inventory): InventoryDocument {
  return {
    enabled: inventory.Enabled ?? null,
    quantityAvailable: inventory.QuantityAvailable ?? null,
    notificationPoint: inventory.NotificationPoint ?? null,
    variantLevelTracking: inventory.VariantLevelTracking ?? null,
    orderCanExceed: inventory.OrderCanExceed ?? null,
    lastUpdated: inventory.LastUpdated ?? null,
  };
}
