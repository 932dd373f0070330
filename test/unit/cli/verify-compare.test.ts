import { describe, expect, it } from 'vitest';
import { isStorable } from '../../../cli/resync/request-syncs.ts';
import { compareProduct, verdictOn } from '../../../cli/verify/compare.ts';
import { toDefaultPrice } from '../../../cli/verify/prices.ts';
import { CatalogItem } from '../../../src/operate/product-catalog.ts';
import { toItem } from '../../../src/sync/change.ts';
import { httpDelivery, PRODUCT_UPDATED } from '../../support/deliveries.ts';
import { changeFrom } from '../../support/messages.ts';

const PRODUCT = { ID: 'MUG', Name: 'Mug', Active: true, DefaultPriceScheduleID: 'ps' };
const PRICE = { currency: 'USD', price: 12, salePrice: null };
const STORED: CatalogItem = {
  id: 'MUG',
  name: 'Mug',
  active: true,
  defaultScheduleId: 'ps',
  display: PRICE,
  sync: null,
};

function compared({
  product = {},
  stored = {},
  price = PRICE as typeof PRICE | null | undefined,
  pricesExpected = true,
}) {
  return compareProduct(
    { product: { ...PRODUCT, ...product }, price },
    { ...STORED, ...stored },
    { pricesExpected },
  );
}

describe('a product and its document', () => {
  it('agree in name, active flag and default price', () => {
    expect(compared({})).toEqual([]);
  });

  it.each([
    ['name', { product: { Name: 'Cup' } }, 'Cup', 'Mug'],
    ['name', { stored: { name: null } }, 'Mug', 'none'],
    ['active', { product: { Active: false } }, 'false', 'true'],
    ['active', { stored: { active: null } }, 'true', 'null'],
    ['default price', { price: { ...PRICE, price: 11 } }, '11 USD', '12 USD'],
    ['default price', { price: { ...PRICE, currency: 'EUR' } }, '12 EUR', '12 USD'],
    ['default price', { price: { ...PRICE, salePrice: 10 } }, '12 USD (sale 10)', '12 USD'],
    ['default price', { price: null }, 'none', '12 USD'],
    ['default price schedule', { product: { DefaultPriceScheduleID: null } }, 'none', 'ps'],
    ['default price schedule', { product: { DefaultPriceScheduleID: 'ps-2' } }, 'ps-2', 'ps'],
    ['default price schedule', { stored: { defaultScheduleId: undefined, display: null } }, 'ps', 'none'],
  ] as const)('differ in %s: %o', (field, given, orderCloud, stored) => {
    expect(compared(given as never)).toEqual([{ field, orderCloud, stored }]);
  });

  it.each([
    [
      'an inactive product whose message said nothing of it',
      { product: { Active: false }, stored: { active: null } },
    ],
    ['a price schedule that cannot be read', { price: undefined }],
    ['IDs of price schedules in another case', { product: { DefaultPriceScheduleID: 'PS' } }],
    [
      'a document without prices, where messages may carry none',
      { stored: { defaultScheduleId: undefined, display: null }, pricesExpected: false },
    ],
    [
      'no default price on either side',
      {
        product: { DefaultPriceScheduleID: null },
        price: null,
        stored: { defaultScheduleId: null, display: null },
      },
    ],
  ])('do not differ by %s', (_, given) => {
    expect(compared(given as never)).toEqual([]);
  });
});

it('reads the default price of a schedule as the app does', () => {
  const PriceBreaks = [
    { Quantity: 10, Price: 9 },
    { Quantity: 1, Price: 12, SalePrice: '10.5' },
  ];
  expect(toDefaultPrice({ ID: 'ps', Currency: 'USD', PriceBreaks })).toMatchObject({
    currency: 'USD',
    price: 12,
    salePrice: 10.5,
  });
  expect(
    toDefaultPrice({
      ID: 'ps',
      MinQuantity: 25,
      PriceBreaks: [{ Price: 40 }, { Quantity: 25, Price: 28.1 }],
    }),
  ).toMatchObject({ price: 28.1 });
  expect(toDefaultPrice({ ID: 'ps', PriceBreaks: [] })).toBeNull();
  expect(toDefaultPrice({ ID: 'ps', PriceBreaks: 'many' })).toBeUndefined();
});

it('takes the price for the least quantity that can be bought', () => {
  const PriceBreaks = [
    { Quantity: 0, Price: 40 },
    { Quantity: 1, Price: 32.6 },
    { Quantity: 25, Price: 28.1 },
  ];
  expect(toDefaultPrice({ ID: 'ps', MinQuantity: 25, PriceBreaks })).toMatchObject({ price: 28.1 });
  expect(toDefaultPrice({ ID: 'ps', PriceBreaks })).toMatchObject({ price: 32.6 });
});

it('calls no price different whose digits a double cannot hold', () => {
  const text = '{"ID":"ps","PriceBreaks":[{"Quantity":1,"Price":12345678901234567.89}]}';
  const price = toDefaultPrice(JSON.parse(text));
  const payload = `{"ProductID":"MUG","Name":"Mug","Active":true,"DefaultPriceSchedule":${text}}`;
  const body = Buffer.from(`{"Headers":{"type":"${PRODUCT_UPDATED}"},"Payload":${payload}}`);
  const item = JSON.parse(JSON.stringify(toItem(changeFrom(httpDelivery(body)), 14)));
  const stored = CatalogItem.parse({ ...item, ...item.pricing });
  expect(compareProduct({ product: PRODUCT, price }, stored, { pricesExpected: true })).toEqual([]);
});

it('knows IDs that messages are refused for', () => {
  expect(['MUG', 'mug 2', 'tasse-ü'].map(isStorable)).toEqual([true, true, true]);
  expect(['a/b', 'what?', ' MUG', '..'].map(isStorable)).toEqual([false, false, false, false]);
});

it('tells an ID that OrderCloud spells otherwise, for which there is no 404', () => {
  const prices = { load: async () => {}, priceOf: () => null };
  const sync = { transport: 'http', stream: 'http', sequence: null, time: '', receivedAt: '' } as const;
  const stored = { ...STORED, id: 'mug', sync };
  const sides = { product: PRODUCT, stored, prices };
  expect(verdictOn('mug', sides, { pricesExpected: true })).toEqual({
    id: 'mug',
    kind: 'extra',
    knownAs: 'MUG',
  });
});
