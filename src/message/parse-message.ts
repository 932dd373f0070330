import { isJsonObject } from './json.ts';
import { PRODUCT_UPDATED, type ProductMessageType } from './message-type.ts';
import { withModelNames } from './model-names.ts';
import { ProductDeleted, ProductUpdated } from './product-updated.ts';
import { productId } from './scalars.ts';
import { type Validated, validatorOf } from './validate.ts';

export type ProductMessage =
  | { kind: 'updated'; product: ProductUpdated }
  | { kind: 'deleted'; product: ProductDeleted };

const validateUpdated = validatorOf(ProductUpdated);
const validateDeleted = validatorOf(ProductDeleted);

/** Validates a payload against the model of its type; all issues at once, up to `MAX_ISSUES`. */
export function parseMessage(type: ProductMessageType, payload: unknown): Validated<ProductMessage> {
  if (type === PRODUCT_UPDATED) {
    const updated = validateUpdated(payload);
    return updated.ok ? { ok: true, message: { kind: 'updated', product: updated.message } } : updated;
  }
  const deleted = validateDeleted(payload);
  return deleted.ok ? { ok: true, message: { kind: 'deleted', product: deleted.message } } : deleted;
}

/** The ProductID of a payload that may be invalid elsewhere; null if the ID itself is invalid. */
export function productIdIn(payload: unknown): string | null {
  if (!isJsonObject(payload)) return null;
  const named = withModelNames(payload, ProductDeleted);
  const id = productId.safeParse(isJsonObject(named) ? named.ProductID : undefined);
  return id.success ? id.data : null;
}
