import type { Notes } from './notes.ts';
import type { StoredProduct } from './types.ts';

/**
 * F. Stock and parents; by this line's quantity, and never a matter of visibility (release notes v50.md, v1.0.94.md; SDK
 * Inventory; child-products.mdx). Whether OrderCloud counts the cart's other lines is not published.
 */
export function checkPurchase(
  { inventory, isParent }: StoredProduct,
  { quantity, otherQuantity }: { quantity: number; otherQuantity: number },
  notes: Notes,
): void {
  notes.reasonIf(isParent === true, 'LineItem.CannotPurchaseParentProduct');
  if (inventory?.enabled !== true || inventory.orderCanExceed === true) return;
  const available = inventory.quantityAvailable ?? 0;
  const isEnough = !(quantity > available);
  notes.reasonIf(!isEnough, 'Inventory.Insufficient');
  notes.doubtIf(isEnough && inventory.variantLevelTracking === true, 'variant-inventory');
  notes.doubtIf(isEnough && quantity + otherQuantity > available, 'cart-inventory');
}
