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

/** A list: null inside it counts as absent. */
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item.nullable());

const PriceBreak = z
  .object({
    Quantity: quantity.nullish(),
    Price: amount.nullish(),
    SalePrice: amount.nullish(),
    SubscriptionPrice: amount.nullish(),
    BundlePrice: amount.nullish(),
  })
  .describe('a price break object');

const PriceSchedule = z
  .object({
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
    PriceBreaks: listOf(PriceBreak).describe('a list of price breaks').nullish(),
    xp,
  })
  .describe('a price schedule object');

const PartyPriceSchedule = z
  .object({
    Seller: text.nullish(),
    Party: requiredId,
    PartyType: partyType,
    PriceSchedule,
  })
  .describe('a party price schedule object');

const SellerDefaultPriceSchedule = z
  .object({ Seller: requiredId, PriceSchedule })
  .describe('a seller default price schedule object');

const Category = z
  .object({
    ID: requiredId,
    Name: text.nullish(),
    Active: flag.nullish(),
    ListOrder: integer.nullish(),
  })
  .describe('a category object');

/** Older messages carry only the category's ID; an empty one is none. */
const CategoryOrId = z
  .union([
    Category,
    text.transform((ID): z.infer<typeof Category> | undefined => (ID === '' ? undefined : { ID })),
  ])
  .describe('a category object, or its ID as a string');

const SpecOption = z
  .object({
    ID: requiredId,
    Value: text.nullish(),
    ListOrder: integer.nullish(),
    IsOpenText: flag.nullish(),
    PriceMarkupType: priceMarkupType.nullish(),
    PriceMarkup: decimal.nullish(),
    xp,
  })
  .describe('a spec option object');

const Spec = z
  .object({
    ID: requiredId,
    ListOrder: integer.nullish(),
    Name: text.nullish(),
    DefaultValue: text.nullish(),
    Required: flag.nullish(),
    AllowOpenText: flag.nullish(),
    DefaultOptionID: text.nullish(),
    DefinesVariant: flag.nullish(),
    OptionCount: integer.nullish(),
    Options: listOf(SpecOption).describe('a list of spec options').nullish(),
    xp,
  })
  .describe('a spec object');

const Inventory = z
  .object({
    Enabled: flag.nullish(),
    NotificationPoint: integer.nullish(),
    VariantLevelTracking: flag.nullish(),
    OrderCanExceed: flag.nullish(),
    QuantityAvailable: integer.nullish(),
    LastUpdated: instant.nullish(),
  })
  .describe('an inventory object');

const UserContext = z
  .object({ ID: text.nullish(), AnonymousID: text.nullish() })
  .describe('a user context object');

const texts = listOf(text).describe('a list of strings').nullish();

export const ProductUpdated = z
  .object({
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
    PartyPriceSchedules: listOf(PartyPriceSchedule).describe('a list of party price schedules').nullish(),
    SellerDefaultPriceSchedules: listOf(SellerDefaultPriceSchedule)
      .describe('a list of seller default price schedules')
      .nullish(),
    Catalogs: texts,
    Suppliers: texts,
    Buyers: texts,
    Categories: listOf(CategoryOrId).describe('a list of categories').nullish(),
    UserGroups: texts,
    Specs: listOf(Spec).describe('a list of specs').nullish(),
    xp,
  })
  .describe('a product object');

export const ProductDeleted = z
  .object({ ProductID: productId, Marketplace: text.nullish() })
  .describe('an object with a ProductID');

export type ProductUpdated = z.infer<typeof ProductUpdated>;
export type ProductDeleted = z.infer<typeof ProductDeleted>;
export type PriceSchedule = z.infer<typeof PriceSchedule>;
export type PartyPriceSchedule = z.infer<typeof PartyPriceSchedule>;
export type SellerDefaultPriceSchedule = z.infer<typeof SellerDefaultPriceSchedule>;
export type PriceBreak = z.infer<typeof PriceBreak>;
export type Category = z.infer<typeof Category>;
export type Spec = z.infer<typeof Spec>;
export type SpecOption = z.infer<typeof SpecOption>;
export type Inventory = z.infer<typeof Inventory>;
