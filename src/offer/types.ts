import type { DoubtCode, ReasonCode } from './codes.ts';

/** One price schedule as stored. */
export interface StoredSchedule {
  id: string;
  currency: string | null;
  useCumulativeQuantity: boolean | null;
  restrictedQuantity: boolean | null;
  minQuantity: number | null;
  maxQuantity: number | null;
  saleStart: string | null;
  saleEnd: string | null;
  breaks: readonly StoredBreak[];
}

/** One price break as stored: the prices from a quantity on. */
export interface StoredBreak {
  from: number;
  to: number | null;
  price: number | null;
  salePrice: number | null;
  subscriptionPrice: number | null;
  bundlePrice: number | null;
}

/** For whom a schedule is. `order` is the place in the message; documents of schema version 1 lack it. */
export interface StoredParty {
  type: 'user' | 'userGroup' | 'company';
  id: string;
  sellerId: string | null;
  scheduleId: string;
  order?: number;
}

/** Every price of a product, as stored. */
export interface StoredPricing {
  defaultScheduleId: string | null;
  schedules: readonly StoredSchedule[];
  parties: readonly StoredParty[];
  sellers: readonly { sellerId: string; scheduleId: string }[];
}

/** One option of a spec, as stored. */
export interface StoredOption {
  id: string;
  isOpenText: boolean | null;
  priceMarkup: { type: 'none' | 'amountPerQuantity' | 'amountTotal' | 'percentage'; amount: number };
}

/** One spec of a product, as stored. */
export interface StoredSpec {
  id: string;
  required: boolean | null;
  allowOpenText: boolean | null;
  definesVariant: boolean | null;
  defaultValue: string | null;
  defaultOptionId: string | null;
  options: readonly StoredOption[];
}

/** The stock of a product, as stored. */
export interface StoredInventory {
  enabled: boolean | null;
  quantityAvailable: number | null;
  variantLevelTracking: boolean | null;
  orderCanExceed: boolean | null;
}

/** What an offer rests on: a part of a stored product document of schema version 1 or 2. */
export interface StoredProduct {
  id: string;
  marketplace: string | null;
  ownerId: string | null;
  active: boolean | null;
  isParent: boolean | null;
  parentId: string | null;
  defaultSupplierId: string | null;
  supplierIds: readonly string[];
  buyerIds: readonly string[];
  userGroupIds: readonly string[];
  catalogIds: readonly string[];
  categoryIds: readonly string[];
  inventory: StoredInventory | null;
  pricing: StoredPricing | null;
  specs: readonly StoredSpec[];
}

/** What is left of a deleted product. */
export interface Tombstone {
  id: string;
  deleted: true;
}

/** A selected option of a spec, or the text given for it. */
export interface SpecSelection {
  specId: string;
  optionId?: string | null | undefined;
  value?: string | null | undefined;
}

/** What the order is: it decides which of a break's prices is charged. */
export type OrderKind = 'standard' | 'subscription' | 'bundle';

/** Who asks, for what, and when. Null counts as absent, and so does an empty text. */
export interface OfferContext {
  /** The instant: ISO 8601 text (UTC where no offset is given), milliseconds since 1970, or a Date. */
  at: string | number | Date;
  /** The buyer organisation (userinfo token: `companyID`). */
  buyerId?: string | null | undefined;
  /** Every group of the user (userinfo token: `groups`). */
  userGroupIds?: readonly string[] | null | undefined;
  /** Only for price schedules of a single user: no token tells it. */
  userId?: string | null | undefined;
  /** The currency of the user's locale (userinfo token: `currency`). Null means prices without a currency. */
  currency?: string | null | undefined;
  marketplace?: string | null | undefined;
  /** The seller asked for (`Order.ToCompanyID`). The product's owner is the same as none. */
  sellerId?: string | null | undefined;
  catalogId?: string | null | undefined;
  categoryId?: string | null | undefined;
  /** Quantity of this line; absent: the least that can be bought. */
  quantity?: number | null | undefined;
  /** Quantity of the cart's other lines of this product: an integer of at least 0. */
  otherQuantity?: number | null | undefined;
  specs?: readonly SpecSelection[] | null | undefined;
  orderKind?: OrderKind | null | undefined;
  /** The stored document of the product's `parentId`; ignored when its ID is another. */
  parent?: StoredProduct | Tombstone | null | undefined;
}

/** Which of a break's prices it is. */
export type PriceKind = 'regular' | 'sale' | 'subscription' | 'bundle';

/** Every property is always there: null, false or [] where nothing is to be said. */
export interface Offer {
  found: boolean;
  visible: boolean;
  /** What the product is visible by; the company goes first. */
  via: 'company' | 'userGroup' | null;
  /** `none`: there is no price for this buyer. `notCarried`: the messages carry no prices. `hidden`: not visible. */
  priceState: 'priced' | 'none' | 'notCarried' | 'hidden';
  /** `partyId` is the user, group or company; of `sellerDefault` the seller; of `default` null. */
  schedule: {
    id: string;
    via: 'user' | 'userGroup' | 'company' | 'sellerDefault' | 'default';
    partyId: string | null;
  } | null;
  /** Of the schedule, without white space around it. */
  currency: string | null;
  /** The quantity answered for. */
  quantity: number | null;
  minQuantity: number | null;
  maxQuantity: number | null;
  /** Only the quantities of the breaks can be bought. */
  restricted: boolean;
  /** The schedule's breaks, each with the price charged at `at`. */
  breaks: { from: number; to: number | null; price: number | null; kind: PriceKind | null }[];
  /** `from` of the break that applies. */
  breakFrom: number | null;
  priceKind: PriceKind | null;
  /** The price of the break that applies, before options. */
  basePrice: number | null;
  /** OrderCloud's `LineItem.UnitPrice`: with options, before promotions, tax and shipping. Up to 6 decimals. */
  unitPrice: number | null;
  /** OrderCloud's `LineItem.LineSubtotal`, rounded to 2 decimals from the exact sum. */
  lineSubtotal: number | null;
  /** The break that applies is charged at its sale price. */
  onSale: boolean;
  /** The sale is on, and some break has a sale price. */
  scheduleOnSale: boolean;
  /** True exactly when `reasons` is empty. */
  orderable: boolean;
  /** The first later instant at which anything here changes by the clock: ISO 8601, UTC. */
  validUntil: string | null;
  /** Why it cannot be ordered: all that apply, in the order of the table `REASONS`. */
  reasons: ReasonCode[];
  /** Rules that the answer used and that nobody has published, sorted. See the table `DOUBTS`. */
  doubts: DoubtCode[];
}
