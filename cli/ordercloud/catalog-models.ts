import { z } from 'zod';

/** A product as far as commands look at it. */
export const Product = z.object({
  ID: z.string(),
  Name: z.string().nullish(),
  Active: z.boolean().nullish(),
  DefaultPriceScheduleID: z.string().nullish(),
});
export type Product = z.infer<typeof Product>;

/** A price schedule: what of it is compared is read as the app reads a message. */
export const PriceScheduleItem = z.looseObject({ ID: z.string() });
export type PriceScheduleItem = z.infer<typeof PriceScheduleItem>;

/** One page of a listing. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ Items: z.array(item), Meta: z.object({ TotalCount: z.number() }) });
