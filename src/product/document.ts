import * as z from 'zod';
import { TRANSPORTS } from '../message/delivery.ts';

/**
 * The document of each product (contract section 3). This schema is the definition for people who query the container:
 * `docs/product-document.schema.json` is generated from it. An absent scalar is null, an absent list is []. Decimals are
 * the nearest double; times are UTC with milliseconds.
 */

/** Version 2 added `order` to the party prices. Documents of version 1 stay readable. */
export const SCHEMA_VERSION = 2;

const text = z.string().nullable();
const flag = z.boolean().nullable();
const number = z.number().nullable();
const instant = z.iso.datetime({ precision: 3 });
const xp = z.json().nullable().describe('Extended properties, as sent.');

const PriceBreak = z.object({
  from: z.number().describe('Lowest quantity this price is for.'),
  to: number.describe(
    'Highest quantity, or null. Equal to `from` where only exact quantities can be bought.',
  ),
  price: number,
  salePrice: number.describe('Valid within the sale window only: readers decide by the clock.'),
  subscriptionPrice: number,
  bundlePrice: number,
});

const Schedule = z.object({
  id: z
    .string()
    .describe("OrderCloud's ID; with #2, #3 … when one message carried different content under one ID."),
  name: text,
  ownerId: text,
  currency: text,
  applyTax: flag,
  applyShipping: flag,
  useCumulativeQuantity: flag,
  restrictedQuantity: flag,
  minQuantity: number,
  maxQuantity: number,
  saleStart: instant.nullable(),
  saleEnd: instant.nullable(),
  breaks: z.array(PriceBreak).describe('Sorted by `from`.'),
  xp,
});

const PartyPrice = z.object({
  type: z.enum(['user', 'userGroup', 'company']),
  id: z.string(),
  sellerId: text,
  scheduleId: z.string(),
  order: z
    .int()
    .describe('Place in PartyPriceSchedules of the message, from 0 on. Documents of version 1 lack it.'),
});

const Pricing = z.object({
  defaultScheduleId: text,
  display: z
    .object({
      currency: text,
      price: number,
      salePrice: number,
      saleStart: instant.nullable(),
      saleEnd: instant.nullable(),
    })
    .nullable()
    .describe('What the least quantity that can be ordered costs by the default schedule.'),
  schedules: z.array(Schedule).describe('Every distinct schedule once, sorted by id.'),
  parties: z.array(PartyPrice).describe('Sorted by type, id and sellerId (null first).'),
  sellers: z
    .array(z.object({ sellerId: z.string(), scheduleId: z.string() }))
    .describe('Sorted by sellerId.'),
});

const SpecOption = z.object({
  id: z.string(),
  value: text,
  listOrder: number,
  isOpenText: flag,
  isDefault: z.boolean(),
  priceMarkup: z.object({
    type: z.enum(['none', 'amountPerQuantity', 'amountTotal', 'percentage']),
    amount: z.number(),
  }),
  xp,
});

const Spec = z.object({
  id: z.string(),
  name: text,
  listOrder: number,
  required: flag,
  allowOpenText: flag,
  definesVariant: flag,
  defaultValue: text,
  defaultOptionId: text,
  options: z.array(SpecOption).describe('Sorted by listOrder (null last), then id.'),
  xp,
});

const Category = z.object({ id: z.string(), name: text, active: flag, listOrder: number });

const Inventory = z.object({
  enabled: flag,
  quantityAvailable: number,
  notificationPoint: number,
  variantLevelTracking: flag,
  orderCanExceed: flag,
  lastUpdated: instant.nullable(),
});

export const WARNING_CODES = [
  'spec-count-mismatch',
  'option-count-mismatch',
  'default-option-missing',
  'default-price-schedule-mismatch',
  'duplicate-price-break',
  'sale-window-reversed',
  'price-schedule-conflict',
  'duplicate-category',
  'duplicate-spec',
  'duplicate-option',
  'duplicate-party-price-schedule',
  'duplicate-seller-default',
  'null-in-list',
  'number-not-exact',
] as const;

const Warning = z.object({
  code: z.enum(WARNING_CODES),
  path: z.string().describe('Where in the payload, in the documented spelling.'),
  message: z.string(),
});

/** The mark: which message an item was written from, and so how far we have read. */
export const SyncMark = z.object({
  messageType: text.describe('Null for a tombstone that an operator wrote.'),
  transport: z.enum([...TRANSPORTS, 'verify']),
  stream: z.string(),
  sequence: number,
  time: instant,
  receivedAt: instant,
  contentHash: text.describe(
    'Equal exactly when two documents are equal without `sync`. Null on a tombstone.',
  ),
  warnings: z.array(Warning),
});

export const ProductContent = z.object({
  id: z.string().describe('The ProductID.'),
  schemaVersion: z.literal(SCHEMA_VERSION),
  marketplace: text,
  ownerId: text,
  name: text,
  description: text,
  active: flag,
  isParent: flag,
  parentId: text,
  quantityMultiplier: number,
  returnable: flag,
  autoForward: flag,
  shipping: z.object({ weight: number, height: number, width: number, length: number, fromAddressId: text }),
  defaultSupplierId: text,
  allSuppliersCanSell: flag,
  supplierIds: z.array(z.string()),
  buyerIds: z.array(z.string()),
  userGroupIds: z.array(z.string()),
  catalogIds: z.array(z.string()),
  categories: z.array(Category).describe('Sorted by listOrder (null last), then id.'),
  categoryIds: z.array(z.string()).describe('The categories that are not inactive.'),
  inventory: Inventory.nullable(),
  variantCount: number,
  specCount: number,
  pricing: Pricing.nullable().describe('Null when the message carried no price properties at all.'),
  specs: z.array(Spec).describe('Sorted by listOrder (null last), then id.'),
  xp,
});

export const ProductDocument = ProductContent.extend({ sync: SyncMark });

/** All that is left of a deleted product, until its `ttl` (seconds) has passed. */
const Tombstone = z.object({
  id: z.string(),
  deleted: z.literal(true),
  sync: SyncMark,
  ttl: z.int().positive(),
});

/** Any item of the products container. */
export const ProductItem = z.union([ProductDocument, Tombstone]);

export type ProductContent = z.infer<typeof ProductContent>;
export type ProductDocument = z.infer<typeof ProductDocument>;
export type ProductItem = z.infer<typeof ProductItem>;
export type SyncMark = z.infer<typeof SyncMark>;
export type Warning = z.infer<typeof Warning>;
export type WarningCode = (typeof WARNING_CODES)[number];
export type Pricing = z.infer<typeof Pricing>;
export type Schedule = z.infer<typeof Schedule>;
export type PriceBreakDocument = z.infer<typeof PriceBreak>;
export type PartyPrice = z.infer<typeof PartyPrice>;
export type SpecDocument = z.infer<typeof Spec>;
export type SpecOptionDocument = z.infer<typeof SpecOption>;
export type CategoryDocument = z.infer<typeof Category>;
export type InventoryDocument = z.infer<typeof Inventory>;
/** A value that came from JSON and is passed on as it is. */
export type Json = z.infer<typeof xp>;
