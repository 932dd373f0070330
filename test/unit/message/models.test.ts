import { describe, expect, it } from 'vitest';
import { valueAt, withValueAt } from '../../property/places.ts';
import { GUJI, MINIMAL } from './guji.ts';
import { issuesOf, productFrom } from './validation.ts';

/** A copy without what stands at a path. */
function without(payload: Record<string, unknown>, path: string): object {
  expect(valueAt(payload, path).value).toBeDefined();
  return JSON.parse(JSON.stringify(withValueAt(payload, path, undefined)));
}

/** Every field of the reference and of the SDK's extras, by what it holds. */
const FIELDS = {
  text: [
    'UserContext.ID',
    'UserContext.AnonymousID',
    'Marketplace',
    'OwnerID',
    'Name',
    'Description',
    'ParentID',
    'ShipFromAddressID',
    'DefaultSupplierID',
    'DefaultPriceScheduleID',
    'DefaultPriceSchedule.OwnerID',
    'DefaultPriceSchedule.Name',
    'DefaultPriceSchedule.Currency',
    'PartyPriceSchedules[0].Seller',
    'Categories[0].Name',
    'Specs[0].Name',
    'Specs[0].DefaultValue',
    'Specs[0].DefaultOptionID',
    'Specs[0].Options[1].Value',
  ],
  flag: [
    'IsParent',
    'Active',
    'AutoForward',
    'AllSuppliersCanSell',
    'Returnable',
    'Inventory.Enabled',
    'Inventory.VariantLevelTracking',
    'Inventory.OrderCanExceed',
    'DefaultPriceSchedule.ApplyTax',
    'DefaultPriceSchedule.ApplyShipping',
    'DefaultPriceSchedule.UseCumulativeQuantity',
    'DefaultPriceSchedule.RestrictedQuantity',
    'DefaultPriceSchedule.IsOnSale',
    'Categories[0].Active',
    'Specs[0].Required',
    'Specs[0].AllowOpenText',
    'Specs[0].DefinesVariant',
    'Specs[0].Options[1].IsOpenText',
  ],
  integer: [
    'QuantityMultiplier',
    'SpecCount',
    'VariantCount',
    'Inventory.NotificationPoint',
    'Inventory.QuantityAvailable',
    'Categories[0].ListOrder',
    'Specs[0].ListOrder',
    'Specs[0].OptionCount',
    'Specs[0].Options[1].ListOrder',
  ],
  quantity: [
    'DefaultPriceSchedule.MinQuantity',
    'DefaultPriceSchedule.MaxQuantity',
    'DefaultPriceSchedule.PriceBreaks[0].Quantity',
  ],
  amount: [
    'DefaultPriceSchedule.PriceBreaks[1].Price',
    'DefaultPriceSchedule.PriceBreaks[0].SalePrice',
    'DefaultPriceSchedule.PriceBreaks[0].SubscriptionPrice',
    'DefaultPriceSchedule.PriceBreaks[0].BundlePrice',
    'PartyPriceSchedules[0].PriceSchedule.PriceBreaks[0].Price',
    'SellerDefaultPriceSchedules[0].PriceSchedule.PriceBreaks[0].Price',
  ],
  decimal: ['ShipWeight', 'ShipHeight', 'ShipWidth', 'ShipLength', 'Specs[0].Options[1].PriceMarkup'],
  instant: [
    'Inventory.LastUpdated',
    'DefaultPriceSchedule.SaleStart',
    'DefaultPriceSchedule.SaleEnd',
    'DefaultPriceSchedule.SalesStart',
    'DefaultPriceSchedule.SalesEnd',
  ],
  priceMarkupType: ['Specs[0].Options[1].PriceMarkupType'],
  xp: [
    'xp',
    'DefaultPriceSchedule.xp',
    'PartyPriceSchedules[0].PriceSchedule.xp',
    'Specs[0].xp',
    'Specs[0].Options[1].xp',
  ],
  userContext: ['UserContext'],
  inventory: ['Inventory'],
  priceSchedule: ['DefaultPriceSchedule'],
  partyPriceSchedules: ['PartyPriceSchedules'],
  sellerDefaults: ['SellerDefaultPriceSchedules'],
  priceBreaks: [
    'DefaultPriceSchedule.PriceBreaks',
    'SellerDefaultPriceSchedules[0].PriceSchedule.PriceBreaks',
  ],
  categories: ['Categories'],
  specs: ['Specs'],
  options: ['Specs[0].Options'],
  texts: ['Catalogs', 'Suppliers', 'Buyers', 'UserGroups'],
} as const;

const AN_INSTANT = 'a date and time in ISO 8601 such as 2026-11-22T09:30:00Z';
const A_MARKUP_TYPE = 'one of 0 (NoMarkup), 1 (AmountPerQuantity), 2 (AmountTotal), 3 (Percentage)';

/** What each must not hold, and what the issue then says: expected, found. */
const WRONG: Record<keyof typeof FIELDS, readonly (readonly [unknown, string, string])[]> = {
  text: [
    [7, 'a string', 'the number 7'],
    [true, 'a string', 'the boolean true'],
    [['Guji'], 'a string', 'an array'],
    [{ de: 'Guji' }, 'a string', 'an object'],
  ],
  flag: [
    ['true', 'true or false', 'the string "true"'],
    [1, 'true or false', 'the number 1'],
    [{}, 'true or false', 'an object'],
  ],
  integer: [
    [1.5, 'a whole number', 'the number 1.5'],
    ['1.5', 'a whole number', 'the string "1.5"'],
    ['six', 'a whole number', 'the string "six"'],
    ['', 'a whole number', 'the string ""'],
    [false, 'a whole number', 'the boolean false'],
    [[6], 'a whole number', 'an array'],
  ],
  quantity: [
    [-1, 'a whole number of at least 0', 'the number -1'],
    ['-1', 'a whole number of at least 0', 'the string "-1"'],
    [0.5, 'a whole number of at least 0', 'the number 0.5'],
    [true, 'a whole number of at least 0', 'the boolean true'],
  ],
  amount: [
    [-0.01, 'a decimal number of at least 0', 'the number -0.01'],
    ['-0.01', 'a decimal number of at least 0', 'the string "-0.01"'],
    ['14,90', 'a decimal number of at least 0', 'the string "14,90"'],
    ['€ 14.90', 'a decimal number of at least 0', 'the string "€ 14.90"'],
    [{ amount: 14.9 }, 'a decimal number of at least 0', 'an object'],
  ],
  decimal: [
    ['270 g', 'a decimal number', 'the string "270 g"'],
    [true, 'a decimal number', 'the boolean true'],
    [[0.27], 'a decimal number', 'an array'],
  ],
  instant: [
    ['tomorrow', AN_INSTANT, 'the string "tomorrow"'],
    [1795337100000, AN_INSTANT, 'the number 1795337100000'],
    [false, AN_INSTANT, 'the boolean false'],
  ],
  priceMarkupType: [
    [4, A_MARKUP_TYPE, 'the number 4'],
    ['PerCup', A_MARKUP_TYPE, 'the string "PerCup"'],
    [true, A_MARKUP_TYPE, 'the boolean true'],
  ],
  xp: [
    [
      { altitude: Number.POSITIVE_INFINITY },
      'any JSON with finite numbers and at most 99 levels of nesting',
      'an object',
    ],
  ],
  userContext: [['barista', 'a user context object', 'the string "barista"']],
  inventory: [
    [55, 'an inventory object', 'the number 55'],
    [[], 'an inventory object', 'an array'],
  ],
  priceSchedule: [
    ['ps-retail', 'a price schedule object', 'the string "ps-retail"'],
    [[], 'a price schedule object', 'an array'],
  ],
  partyPriceSchedules: [[{}, 'a list of party price schedules', 'an object']],
  sellerDefaults: [[{}, 'a list of seller default price schedules', 'an object']],
  priceBreaks: [[14.9, 'a list of price breaks', 'the number 14.9']],
  categories: [['single-origin', 'a list of categories', 'the string "single-origin"']],
  specs: [[{}, 'a list of specs', 'an object']],
  options: [[false, 'a list of spec options', 'the boolean false']],
  texts: [
    ['coffee', 'a list of strings', 'the string "coffee"'],
    [{}, 'a list of strings', 'an object'],
  ],
};

const OPTIONAL_PATHS = Object.values(FIELDS).flat();

const WRONG_VALUES = Object.entries(FIELDS).flatMap(([kind, paths]) =>
  paths.flatMap((path) =>
    WRONG[kind as keyof typeof FIELDS].map(([wrong, expected, found]) => ({ path, wrong, expected, found })),
  ),
);

describe('the models', () => {
  it('take every field of the reference and of the SDK', () => {
    expect(productFrom(GUJI)).toEqual(
      [
        ['PartyPriceSchedules[0].PartyType', 'company'] as const,
        ['Specs[0].Options[0].PriceMarkupType', 'none'] as const,
        ['Specs[0].Options[1].PriceMarkupType', 'amountPerQuantity'] as const,
      ].reduce<Record<string, unknown>>((product, [path, value]) => withValueAt(product, path, value), GUJI),
    );
  });

  it('ask for no more than a ProductID', () => {
    expect(productFrom(MINIMAL)).toEqual({ ProductID: 'GUJI-NATURAL-250' });
  });

  it.each(OPTIONAL_PATHS)('%s may be null or absent', (path) => {
    expect(issuesOf(withValueAt(GUJI, path, null))).toEqual([]);
    expect(issuesOf(without(GUJI, path))).toEqual([]);
  });

  it.each(WRONG_VALUES)('$path may not be $wrong', ({ path, wrong, expected, found }) => {
    expect(issuesOf(withValueAt(GUJI, path, wrong))).toEqual([{ path, expected, found }]);
  });

  it('do without lists and objects that are empty', () => {
    const empty = {
      ...MINIMAL,
      UserContext: {},
      Inventory: {},
      PartyPriceSchedules: [],
      SellerDefaultPriceSchedules: [],
      Catalogs: [],
      Suppliers: [],
      Buyers: [],
      Categories: [],
      UserGroups: [],
      Specs: [],
      xp: {},
    };
    expect(productFrom(empty)).toEqual(empty);
  });

  it.each(['Catalogs', 'Suppliers', 'Buyers', 'UserGroups'])('%s holds strings', (list) => {
    expect(issuesOf({ ...MINIMAL, [list]: ['coffee', 7, 'tea', {}] })).toEqual([
      { path: `${list}[1]`, expected: 'a string', found: 'the number 7' },
      { path: `${list}[3]`, expected: 'a string', found: 'an object' },
    ]);
  });

  it.each([
    ['Categories', 'a category object, or its ID as a string'],
    ['Specs', 'a spec object'],
    ['PartyPriceSchedules', 'a party price schedule object'],
    ['SellerDefaultPriceSchedules', 'a seller default price schedule object'],
  ])('%s holds models', (list, expected) => {
    expect(issuesOf({ ...MINIMAL, [list]: [7, ['x']] })).toEqual([
      { path: `${list}[0]`, expected, found: 'the number 7' },
      { path: `${list}[1]`, expected, found: 'an array' },
    ]);
  });

  it.each([
    ['DefaultPriceSchedule.PriceBreaks[0]', 'a price break object'],
    ['Specs[0].Options[0]', 'a spec option object'],
  ])('%s is a model', (path, expected) => {
    expect(issuesOf(withValueAt(GUJI, path, 'x'))).toEqual([{ path, expected, found: 'the string "x"' }]);
  });

  it.each([
    ['null', null, 'null'],
    ['nothing', undefined, 'nothing'],
    ['a list', [MINIMAL], 'an array'],
    ['a text', '{"ProductID":"GUJI"}', 'the string "{"ProductID":"GUJI"}"'],
    ['a number', 250, 'the number 250'],
  ])('a payload may not be %s', (_, payload, found) => {
    expect(issuesOf(payload)).toEqual([{ path: '', expected: 'a product object', found }]);
  });
});

const A_PRODUCT_ID =
  'a product ID of 1 to 255 bytes, not "." or "..", without / \\ ? #, control characters and white space at its ends';

describe('required', () => {
  it.each([
    ['ProductID', A_PRODUCT_ID],
    ['DefaultPriceSchedule.ID', 'a string that is not empty'],
    ['PartyPriceSchedules[0].Party', 'a string that is not empty'],
    ['PartyPriceSchedules[0].PartyType', 'one of 1 (User), 2 (UserGroup), 3 (Company)'],
    ['PartyPriceSchedules[0].PriceSchedule', 'a price schedule object'],
    ['PartyPriceSchedules[0].PriceSchedule.ID', 'a string that is not empty'],
    ['SellerDefaultPriceSchedules[0].Seller', 'a string that is not empty'],
    ['SellerDefaultPriceSchedules[0].PriceSchedule', 'a price schedule object'],
    ['SellerDefaultPriceSchedules[0].PriceSchedule.ID', 'a string that is not empty'],
    ['Categories[0].ID', 'a string that is not empty'],
    ['Specs[0].ID', 'a string that is not empty'],
    ['Specs[0].Options[1].ID', 'a string that is not empty'],
  ])('is %s', (path, expected) => {
    expect(issuesOf(without(GUJI, path))).toEqual([{ path, expected, found: 'nothing' }]);
    expect(issuesOf(withValueAt(GUJI, path, null))).toEqual([{ path, expected, found: 'null' }]);
    expect(issuesOf(withValueAt(GUJI, path, true))).toEqual([{ path, expected, found: 'the boolean true' }]);
  });
});

describe('a category', () => {
  it('may be just its ID', () => {
    expect(productFrom({ ...MINIMAL, Categories: ['espresso', { ID: 'filter' }] }).Categories).toEqual([
      { ID: 'espresso' },
      { ID: 'filter' },
    ]);
  });

  it('names what is wrong inside it', () => {
    expect(issuesOf({ ...MINIMAL, Categories: ['espresso', { ID: 1, ListOrder: 'first' }] })).toEqual([
      { path: 'Categories[1].ID', expected: 'a string that is not empty', found: 'the number 1' },
      { path: 'Categories[1].ListOrder', expected: 'a whole number', found: 'the string "first"' },
    ]);
  });
});

describe('figures that may be negative', () => {
  it.each([
    ['Inventory.QuantityAvailable', -3],
    ['Inventory.NotificationPoint', '-3'],
    ['SpecCount', -1],
    ['VariantCount', -1],
    ['Specs[0].OptionCount', -1],
    ['Specs[0].ListOrder', -1],
    ['Specs[0].Options[1].PriceMarkup', -2.5],
    ['QuantityMultiplier', -1],
    ['ShipWeight', -0.5],
  ])('%s', (path, value) => {
    expect(issuesOf(withValueAt(GUJI, path, value))).toEqual([]);
  });
});
