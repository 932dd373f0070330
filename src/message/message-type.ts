export const PRODUCT_UPDATED = 'sitecore.ordercloud.messages.product.updated';
export const PRODUCT_DELETED = 'sitecore.ordercloud.messages.product.deleted';

/** The message types that the app processes; it ignores every other type. */
export type ProductMessageType = typeof PRODUCT_UPDATED | typeof PRODUCT_DELETED;

/** Compares exactly, as contract section 1 requires. */
export function isProductMessageType(type: string): type is ProductMessageType {
  return type === PRODUCT_UPDATED || type === PRODUCT_DELETED;
}

/** A longer text is no type that somebody mistyped. */
const MAX_TYPE_LENGTH = 500;

const AT_THE_ENDS = /^[\s\p{C}"'`]+|[\s\p{C}"'`]+$/gu;

/**
 * Whether a type that is ignored is a product type but for its case, white space or quotes at its ends, or layers of
 * base64. Its messages are lost while all looks healthy.
 */
export function isAlmostProductType(type: string): boolean {
  if (type.length > MAX_TYPE_LENGTH || isProductMessageType(type)) return false;
  let text = type;
  for (let layers = 0; layers <= 2; layers += 1) {
    const tidied = text.replace(AT_THE_ENDS, '');
    if (isProductMessageType(tidied.toLowerCase())) return true;
    text = Buffer.from(tidied, 'base64').toString('utf8');
  }
  return false;
}
