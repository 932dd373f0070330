import type { ProductItem } from '../../src/product/document.ts';
import { CommandError } from '../common/command-error.ts';

/** An item of the products container as this app writes them. @throws CommandError if somebody else wrote it */
export function toProductItem(stored: Readonly<Record<string, unknown>>): ProductItem {
  const isOurs = stored.deleted === true || stored.schemaVersion === 1 || stored.schemaVersion === 2;
  if (isOurs) return stored as ProductItem;
  throw new CommandError(`What is stored under ${stored.id} is not a product of this app.`);
}
