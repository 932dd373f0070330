import * as z from 'zod';
import {
  amount,
  decimal,
  enumeration,
  extendedProperties,
  flag,
  instant,
  integer,
  productId,
  quantity,
  requiredId,
  text,
} from './scalars.ts';

/**
 * The models of `product.updated`: every model and field of OrderCloud's "Product updated message" reference, and
 * beyond it, from OrderCloud's SDK, Inventory, UserContext, BundlePrice and the SDK's spelling of the sale window.
 * `null` and absent mean the same everywhere, so everything not required is nullish.
 */

const partyType = enumeration([
  [1, 'user', ['User']],
  [2, 'userGroup', ['UserGroup', 'Group']],
  [3, 'company', ['Company']],
]);

const priceMarkupType = enumeration([
  [0, 'none', ['NoMarkup']],
  [1, 'amountPerQuantity', ['AmountPerQuantity']],
  [2, 'amountTotal', ['AmountTotal']],
  [3, 'percentage', ['Percentage']],
]);

const xp = extendedProperties.nullish();

/** The description is what an issue names as expected. */
const model = <Shape extends z.ZodRawShape>(description: string, shape: Shape) =>
  z.object(shape).describe(description);

/** A list: null inside it counts as absent. */
const listOf = <Item extends z.ZodType>(what: string, item: Item) =>
  z.array(item.nullable()).describe(`a list of ${what}`).nullish();

const PriceBreak = model('a price break object', {
  Quantity: quantity.nullish(),
  Price: amount.nullish(),
  SalePrice: amount.nullish(),
  SubscriptionPrice: amount.nullish(),
  BundlePrice: amount.nullish(),
});

const PriceSchedule = model('a price schedule object', {
  ID: requiredId,
  OwnerID: text.nullish(),
  Name: text.nullish(),
  ApplyTax: flag.nullish(),
  ApplyShipping: flag.nullish(),
  MinQuantity: quantity.nullish(),
  MaxQuantity: quantity.nullish(),
  UseCumulativeQuantity: flag.nullish(),
  RestrictedQuantity: flag.nullish(),
  Currency: text.nullish(),
  SaleStart: instant.nullish(),
  SaleEnd: instant.nullish(),
  SalesStart: instant.nullish(),
  SalesEnd: instant.nullish(),
  IsOnSale: flag.nullish(),
  PriceBreaks: listOf('price breaks', PriceBreak),
  xp,
});

const PartyPriceSchedule = model('a party price schedule object', {
  Seller: text.nullish(),
  Party: requiredId,
  PartyType: partyType,
  PriceSchedule,
});

const SellerDefaultPriceSchedule = model('a seller default price schedule object', {
  Seller: requiredId,
  PriceSchedule,
});

const Category = model('a category object', {
  ID: requiredId,
  Name: text.nullish(),
  Active: flag.nullish(),
  ListOrder: integer.nullish(),
});

/** Older messages carry only the category's ID; an empty one is none. */
const CategoryOrId = z
  .union([
    Category,
    text.transform((ID): z.infer<typeof Category> | undefined => (ID === '' ? undefined : { ID })),
  ])
  .describe('a category object, or its ID as a string');

const SpecOption = model('a spec option object', {
  ID: requiredId,
  Value: text.nullish(),
  ListOrder: integer.nullish(),
  IsOpenText: flag.nullish(),
  PriceMarkupType: priceMarkupType.nullish(),
  PriceMarkup: decimal.nullish(),
  xp,
});

const Spec = model('a spec object', {
  ID: requiredId,
  ListOrder: integer.nullish(),
  Name: text.nullish(),
  DefaultValue: text.nullish(),
  Required: flag.nullish(),
  AllowOpenText: flag.nullish(),
  DefaultOptionID: text.nullish(),
  DefinesVariant: flag.nullish(),
  OptionCount: integer.nullish(),
  Options: listOf('spec options', SpecOption),
  xp,
});

const Inventory = model('an inventory object', {
  Enabled: flag.nullish(),
  NotificationPoint: integer.nullish(),
  VariantLevelTracking: flag.nullish(),
  OrderCanExceed: flag.nullish(),
  QuantityAvailable: integer.nullish(),
  LastUpdated: instant.nullish(),
});

const UserContext = model('a user context object', {
  ID: text.nullish(),
  AnonymousID: text.nullish(),
});

const texts = listOf('strings', text);

export const ProductUpdated = model('a product object', {
  UserContext: UserContext.nullish(),
  ProductID: productId,
  Marketplace: text.nullish(),
  OwnerID: text.nullish(),
  Name: text.nullish(),
  Description: text.nullish(),
  IsParent: flag.nullish(),
  ParentID: text.nullish(),
  QuantityMultiplier: integer.nullish(),
  ShipWeight: decimal.nullish(),
  ShipHeight: decimal.nullish(),
  ShipWidth: decimal.nullish(),
  ShipLength: decimal.nullish(),
  Active: flag.nullish(),
  AutoForward: flag.nullish(),
  SpecCount: integer.nullish(),
  VariantCount: integer.nullish(),
  ShipFromAddressID: text.nullish(),
  DefaultSupplierID: text.nullish(),
  AllSuppliersCanSell: flag.nullish(),
  Returnable: flag.nullish(),
  DefaultPriceScheduleID: text.nullish(),
  Inventory: Inventory.nullish(),
  DefaultPriceSchedule: PriceSchedule.nullish(),
  PartyPriceSchedules: listOf('party price schedules', PartyPriceSchedule),
  SellerDefaultPriceSchedules: listOf('seller default price schedules', SellerDefaultPriceSchedule),
  Catalogs: texts,
  Suppliers: texts,
  Buyers: texts,
  Categories: listOf('categories', CategoryOrId),
  UserGroups: texts,
  Specs: listOf('specs', Spec),
  xp,
});

export const ProductDeleted = model('an object with a ProductID', {
  ProductID: productId,
  Marketplace: text.nullish(),
});

/** What a message that is invalid elsewhere may still tell. */
export const WithProductId = model('an object with a ProductID', { ProductID: productId });

export type ProductUpdated = z.infer<typeof ProductUpdated>;
export type ProductDeleted = z.infer<typeof ProductDeleted>;
export type PriceSchedule = z.infer<typeof PriceSchedule>;
export type PartyPriceSchedule = z.infer<typeof PartyPriceSchedule>;
export type SellerDefaultPriceSchedule = z.infer<typeof SellerDefaultPriceSchedule>;
export type PriceBreak = z.infer<typeof PriceBreak>;
export type Spec = z.infer<typeof Spec>;
export type SpecOption = z.infer<typeof SpecOption>;
export type Inventory = z.infer<typeof Inventory>;
