import type { Issue } from '../../../src/message/issue.ts';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../../src/message/message-type.ts';
import { parseMessage } from '../../../src/message/parse-message.ts';
import type { ProductUpdated } from '../../../src/message/product-updated.ts';

/** What is wrong with a `product.updated` payload; an empty list when it is accepted. */
export function issuesOf(payload: unknown): Issue[] {
  const parsed = parseMessage(PRODUCT_UPDATED, payload);
  return parsed.ok ? [] : parsed.issues;
}

/** What is wrong with a `product.deleted` payload. */
export function issuesOfDeleted(payload: unknown): Issue[] {
  const parsed = parseMessage(PRODUCT_DELETED, payload);
  return parsed.ok ? [] : parsed.issues;
}

/** The product that an accepted `product.updated` payload holds. */
export function productFrom(payload: unknown): ProductUpdated {
  const parsed = parseMessage(PRODUCT_UPDATED, payload);
  if (!parsed.ok) throw new Error(`not accepted: ${JSON.stringify(parsed.issues)}`);
  if (parsed.message.kind !== 'updated') throw new Error(`not an update: ${parsed.message.kind}`);
  return parsed.message.product;
}
