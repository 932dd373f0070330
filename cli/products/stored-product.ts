import { z } from 'zod';
import type { ProductItem } from '../../src/product/document.ts';
import { CommandError } from '../common/command-error.ts';

const list = z.array(z.unknown());

/** What tells a document of this app from an item that somebody else wrote. */
const Item = z.union([
  z.looseObject({ id: z.string(), deleted: z.literal(true) }),
  z.looseObject({
    id: z.string(),
    schemaVersion: z.literal([1, 2]),
    buyerIds: list,
    userGroupIds: list,
    catalogIds: list,
    categoryIds: list,
    supplierIds: list,
    specs: list,
    pricing: z.looseObject({ schedules: list, parties: list, sellers: list }).nullable(),
  }),
]);

/** An item of the products container as this app writes them. @throws CommandError if somebody else wrote it */
export function toProductItem(stored: Readonly<Record<string, unknown>>): ProductItem {
  if (Item.safeParse(stored).success) return stored as ProductItem;
  throw new CommandError(`What is stored under ${stored.id} is not a product of this app.`);
}
