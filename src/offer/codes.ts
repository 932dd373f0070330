/**
 * Why a product cannot be ordered, in the order in which an offer lists them, each with a sentence for people. The first
 * seven say why the product is not visible. Codes with a capital are OrderCloud's own error codes (ErrorCodes.cs of its
 * .NET SDK).
 */
export const REASONS = {
  'not-found': 'There is no such product.',
  'not-active': 'The product, or its parent, is not active.',
  'wrong-marketplace': 'The product is of another marketplace.',
  'not-assigned': 'The product is not assigned to this buyer, nor to a group of the user.',
  'not-in-catalog': 'The product is not in the catalog asked for.',
  'not-in-category': 'The product is not in the category asked for.',
  'seller-does-not-sell': 'The seller asked for does not sell this product.',
  'prices-not-carried': 'The product’s messages carry no prices: ask OrderCloud.',
  'PriceSchedule.MissingOrConflicting': 'There is no price for this buyer.',
  'LineItem.QuantityMustBePositive': 'The quantity must be a whole number of at least 1.',
  'PriceSchedule.CannotBeLessThanMin': 'The quantity is below the least that can be bought.',
  'PriceSchedule.CumulativeCannotBeLessThanMin': 'All lines together are below the least that can be bought.',
  'PriceSchedule.CannotExceedMax': 'The quantity is above the most that can be bought.',
  'PriceSchedule.CumulativeCannotExceedMax': 'All lines together are above the most that can be bought.',
  'PriceSchedule.QuantityNotAllowed': 'Only the quantities listed can be bought.',
  'PriceSchedule.CumulativeQuantityNotAllowed':
    'Only the quantities listed can be bought, counting all lines together.',
  'Spec.OptionNotFound': 'A selected option does not exist.',
  'Spec.RequiresValue': 'A selected option needs a text.',
  'Spec.OneOrMoreRequiresValue': 'A required spec has neither option nor text.',
  'Inventory.Insufficient': 'There is not enough in stock.',
  'LineItem.CannotPurchaseParentProduct': 'A parent product cannot be bought; its children can.',
} as const;

/** Why a product cannot be ordered. */
export type ReasonCode = keyof typeof REASONS;

/**
 * What nobody has published and the answer therefore chose, each with a sentence for people. A caller that must be
 * exact there asks OrderCloud.
 */
export const DOUBTS = {
  'below-first-break': 'The quantity is below the first price break, whose price was taken.',
  'cart-inventory': 'This line is in stock, but not together with the other lines.',
  'default-option-implied': 'A default option with a price was added.',
  'inherited-from-parent': 'The parent was not given; visibility and price may come from it.',
  'max-quantity-zero': 'A maximum quantity of 0 was taken as no limit.',
  'party-type-user': 'There is a price for single users, which no API can assign.',
  'percentage-of-what': 'A markup in percent was taken of the sale price, not the regular one.',
  'price-of-another-seller': 'Another seller has a price for this buyer.',
  'rounding-tie': 'Half a cent was rounded up.',
  'several-schedules': 'Several prices apply equally; the first in the message was taken.',
  'variant-inventory': 'Stock is counted by variant; only the sum is known.',
  'variant-unknown': 'Whether the variant can be bought is not known.',
} as const;

/** What an answer chose where nothing is published. */
export type DoubtCode = keyof typeof DOUBTS;
