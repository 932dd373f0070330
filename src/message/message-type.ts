export const PRODUCT_UPDATED = 'sitecore.ordercloud.messages.product.updated';
export const PRODUCT_DELETED = 'sitecore.ordercloud.messages.product.deleted';

/** The message types that the app processes; it ignores every other type. */
export type ProductMessageType = typeof PRODUCT_UPDATED | typeof PRODUCT_DELETED;

/** Compares exactly, as contract section 1 requires. */
export function isProductMessageType(type: string): type is ProductMessageType {
  return type === PRODUCT_UPDATED || type === PRODUCT_DELETED;
}
