/**
 * Why a product cannot be ordered, in the order in which an offer lists them, each with a sentence for people. The first
 * seven say why the product is not visible. Codes with a capital are OrderCloud's own error codes (ErrorCodes.cs of its
 * .NET SDK).
 */
export const REASONS = {
  'not-found': 'There is no such product.',
  'not-active': 'The product, or its parent, is not active.',
  'wrong-marketplace': 'The product is of another marketplace.',
  'not-assigned': 'The product is assigned neither to this buyer nor to one of the user’s groups.',
  'not-in-catalog': 'The product is not in the catalog asked for.',
  'not-in-category': 'The product is not in the category asked for.',
  'seller-does-not-sell': 'The seller asked for does not sell this product.',
  'prices-not-carried': 'The messages of this product carry no prices: ask OrderCloud for its price.',
  'PriceSchedule.MissingOrConflicting': 'There is no price for this buyer.',
  'LineItem.QuantityMustBePositive': 'The quantity must be a whole number of at least 1.',
  'PriceSchedule.CannotBeLessThanMin': 'The quantity is below the least that can be bought.',
  'PriceSchedule.CumulativeCannotBeLessThanMin':
    'The quantity of all lines of this product together is below the least that can be bought.',
  'PriceSchedule.CannotExceedMax': 'The quantity is above the most that can be bought.',
  'PriceSchedule.CumulativeCannotExceedMax':
    'The quantity of all lines of this product together is above the most that can be bought.',
  'PriceSchedule.QuantityNotAllowed': 'Only the quantities listed can be bought.',
  'PriceSchedule.CumulativeQuantityNotAllowed':
    'Only the quantities listed can be bought, counting all lines of this product together.',
  'Spec.OptionNotFound': 'A selected option does not exist.',
  'Spec.RequiresValue': 'A selected option needs a text.',
  'Spec.OneOrMoreRequiresValue': 'An option, or a text, must be given for every required spec.',
  'Inventory.Insufficient': 'There is not enough in stock.',
  'LineItem.CannotPurchaseParentProduct': 'A parent product cannot be bought; one of its children can.',
} as const;

/** Why a product cannot be ordered. */
export type ReasonCode = keyof typeof REASONS;

/**
 * What nobody has published and the answer therefore chose, each with a sentence for people. A caller that must be
 * exact there asks OrderCloud.
 */
export const DOUBTS = {
  'below-first-break':
    'The quantity is below the first price break; the price of that break was taken, and OrderCloud may refuse it.',
  'cart-inventory': 'This line is in stock, but not together with the cart’s other lines of the product.',
  'default-option-implied':
    'A default option with a price was added for a spec that is not required and was not named.',
  'inherited-from-parent':
    'The product has a parent that was not given: visibility and price may come from there.',
  'max-quantity-zero': 'The most that can be bought is given as 0; that was taken as no limit.',
  'party-type-user': 'There is a price for single users: OrderCloud’s API has no such assignment.',
  'percentage-of-what':
    'A markup in percent during a sale was taken of the sale price; it may be of the regular price.',
  'price-of-another-seller': 'Another seller has a price for this buyer; ask for that seller.',
  'rounding-tie': 'The total was exactly half a cent and was rounded up; OrderCloud may round it down.',
  'several-schedules': 'Several prices apply equally; the first in the message was taken.',
  'variant-inventory': 'Stock is counted for each variant; only the sum of them is known.',
  'variant-unknown': 'Whether the variant exists and can be bought is not known.',
} as const;

/** What an answer chose where nothing is published. */
export type DoubtCode = keyof typeof DOUBTS;
