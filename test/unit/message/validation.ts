import type { Issue } from '../../../src/message/issue.ts';
import { ProductDeleted, ProductUpdated } from '../../../src/message/product-updated.ts';
import { validate } from '../../../src/message/validate.ts';

/** What is wrong with a `product.updated` payload; an empty list when it is accepted. */
export function issuesOf(payload: unknown): Issue[] {
  const validated = validate(ProductUpdated, payload);
  return validated.ok ? [] : validated.issues;
}

/** What is wrong with a `product.deleted` payload. */
export function issuesOfDeleted(payload: unknown): Issue[] {
  const validated = validate(ProductDeleted, payload);
  return validated.ok ? [] : validated.issues;
}

/** The product that an accepted `product.updated` payload holds. */
export function productFrom(payload: unknown): ProductUpdated {
  const validated = validate(ProductUpdated, payload);
  if (!validated.ok) throw new Error(`not accepted: ${JSON.stringify(validated.issues)}`);
  return validated.message;
}
