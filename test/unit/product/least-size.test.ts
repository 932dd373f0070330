import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PriceSchedule, ProductUpdated } from '../../../src/message/product-updated.ts';
import { hasTooManyItems } from '../../../src/product/least-size.ts';
import { toProductContent } from '../../../src/product/product-content.ts';

const bytesOf = (product: ProductUpdated) =>
  Buffer.byteLength(JSON.stringify(toProductContent(product, null).content));

/** Nothing but an ID, or everything as short as it can be. */
const shape = fc.constantFrom('bare', 'shortest', 'inactive');
const ids = fc.array(fc.tuple(fc.constantFrom('', 'a', 'b', 'c', 'd', 'é'), shape), { maxLength: 8 });

const products = fc.record({ categories: ids, specs: ids }).map(
  ({ categories, specs }): ProductUpdated => ({
    ProductID: 'a',
    Categories: categories.map(([ID, form]) => ({
      ID,
      ...(form !== 'bare' && { Name: '', Active: form === 'shortest', ListOrder: 0 }),
    })),
    Specs: specs.map(([ID, form]) => ({
      ID,
      ...(form !== 'bare' && {
        Name: '',
        ListOrder: 0,
        Required: form === 'shortest',
        AllowOpenText: true,
        DefinesVariant: true,
        DefaultValue: '',
        DefaultOptionID: '',
        xp: 0,
      }),
    })),
  }),
);

/** So few IDs, contents and orders that parties override one another, and share schedules or quarrel over an ID. */
const schedules = fc.tuple(fc.constantFrom('', 'a', 'a#2', 'é'), shape, fc.constantFrom(undefined, 0, 1)).map(
  ([ID, form, price]): PriceSchedule => ({
    ID,
    ...(form !== 'bare' && {
      Name: form === 'shortest' ? '' : 'é',
      OwnerID: '',
      Currency: '',
      ApplyTax: true,
      ApplyShipping: true,
      UseCumulativeQuantity: true,
      RestrictedQuantity: true,
      MinQuantity: 0,
      MaxQuantity: 0,
      xp: 0,
    }),
    ...(price !== undefined && { PriceBreaks: [{ Price: price }] }),
    // Not stored: what differs in it alone is one schedule.
    ...(form === 'inactive' && { IsOnSale: price === 0 }),
  }),
);
const few = fc.constantFrom('', 'a', 'b');
const prices = fc.record({
  ProductID: fc.constant('a'),
  DefaultPriceSchedule: fc.option(schedules),
  PartyPriceSchedules: fc.array(
    fc.record({
      Party: few,
      PartyType: fc.constantFrom('user', 'company'),
      Seller: fc.option(few),
      PriceSchedule: schedules,
    }),
    { maxLength: 12 },
  ),
  SellerDefaultPriceSchedules: fc.array(fc.record({ Seller: few, PriceSchedule: schedules }), {
    maxLength: 6,
  }),
}) satisfies fc.Arbitrary<ProductUpdated>;

describe('too many parties, sellers or price schedules', () => {
  it('are never found in a message whose document fits', () => {
    fc.assert(
      fc.property(prices, (product) => {
        const { pricing } = toProductContent(product, null).content;
        const lists = [pricing?.parties, pricing?.sellers, pricing?.schedules];
        const bytes = lists.reduce((sum, list) => sum + Buffer.byteLength(JSON.stringify(list)), 0);
        expect(hasTooManyItems(bytes, product)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  const party = (index: number, PriceSchedule: PriceSchedule) => ({
    Party: String(index),
    PartyType: 'user' as const,
    PriceSchedule,
  });
  const seller = (index: number, PriceSchedule: PriceSchedule) => ({ Seller: String(index), PriceSchedule });

  it.each([
    ['parties with a schedule each', 'PartyPriceSchedules', party, (i: number) => ({ ID: String(i) }), 270],
    [
      'sellers with a schedule each',
      'SellerDefaultPriceSchedules',
      seller,
      (i: number) => ({ ID: `${i}` }),
      250,
    ],
    [
      'parties with other names under one schedule ID',
      'PartyPriceSchedules',
      party,
      (i: number) => ({ ID: 'a', Name: String(i) }),
      270,
    ],
    [
      'sellers with other breaks under one schedule ID',
      'SellerDefaultPriceSchedules',
      seller,
      (i: number) => ({ ID: 'a', PriceBreaks: [{ Price: i }] }),
      350,
    ],
    ['parties that share a schedule', 'PartyPriceSchedules', party, () => ({ ID: 'a' }), 50],
    ['sellers that share a schedule', 'SellerDefaultPriceSchedules', seller, () => ({ ID: 'a' }), 30],
  ] as const)('are found among %s, each counted once', (_, list, item, scheduleAt, leastBytes) => {
    const items = Array.from({ length: 1_000 }, (_, index) => item(index, scheduleAt(index)));
    const product: ProductUpdated = { ProductID: 'a', [list]: [...items, ...items] };
    expect(hasTooManyItems(1_000 * leastBytes, product)).toBe(true);
    expect(hasTooManyItems(bytesOf(product), product)).toBe(false);
    const overridden = { ProductID: 'a', [list]: items.map((one) => ({ ...one, Party: 'a', Seller: 'a' })) };
    expect(hasTooManyItems(1_000, overridden)).toBe(false);
  });
});

describe('too many categories or specs', () => {
  it('are never found in a message whose document fits', () => {
    fc.assert(
      fc.property(products, (product) => {
        expect(hasTooManyItems(bytesOf(product), product)).toBe(false);
        // Without all that a document has beside them.
        for (const list of ['Categories', 'Specs'] as const) {
          const only: ProductUpdated = { ProductID: 'a', [list]: product[list] };
          const { categories, specs } = toProductContent(only, null).content;
          const items = list === 'Categories' ? categories : specs;
          expect(hasTooManyItems(JSON.stringify(items).length, only)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['Categories', 45],
    ['Specs', 130],
  ] as const)('are found where the %s alone cannot fit, each counted once', (list, leastBytes) => {
    const items = Array.from({ length: 1_000 }, (_, index) => ({ ID: String(index) }));
    const product: ProductUpdated = { ProductID: 'a', [list]: [...items, ...items] };
    expect(hasTooManyItems(1_000 * leastBytes, product)).toBe(true);
    expect(hasTooManyItems(bytesOf(product), product)).toBe(false);
    expect(hasTooManyItems(2 * leastBytes, { ProductID: 'a', [list]: Array(1_000).fill(items[0]) })).toBe(
      false,
    );
  });
});
