export const PRODUCT_UPDATED = 'sitecore.ordercloud.messages.product.updated';
export const PRODUCT_DELETED = 'sitecore.ordercloud.messages.product.deleted';

/** The message types that are processed; every other type is ignored. */
export type ProductMessageType = typeof PRODUCT_UPDATED | typeof PRODUCT_DELETED;

/** Compared exactly, as contract section 1 asks. */
export function isProductMessageType(type: string): type is ProductMessageType {
  return type === PRODUCT_UPDATED || type === PRODUCT_DELETED;
}
