import { describe, expect, it } from 'vitest';
import { documentOf, warningsOf } from './document-of.ts';

const scheduleOf = (schedule: object) =>
  documentOf({ DefaultPriceSchedule: { ID: 'ps-retail', ...schedule } }).pricing?.schedules[0];

const rangesOf = (breaks: object[], schedule: object = {}) =>
  scheduleOf({ ...schedule, PriceBreaks: breaks })?.breaks.map(({ from, to, price }) => [from, to, price]);

describe('price breaks', () => {
  it.each([
    ['none', [], []],
    ['one', [{ Quantity: 1, Price: 42 }], [[1, null, 42]]],
    ['a missing quantity, which is 1', [{ Price: 42 }], [[1, null, 42]]],
    ['a null quantity, which is 1', [{ Quantity: null, Price: 42 }], [[1, null, 42]]],
    ['no price', [{ Quantity: 2 }], [[2, null, null]]],
    [
      'each ends before the next',
      [
        { Quantity: 1, Price: 42 },
        { Quantity: 6, Price: 40 },
        { Quantity: 24, Price: 36 },
      ],
      [
        [1, 5, 42],
        [6, 23, 40],
        [24, null, 36],
      ],
    ],
    [
      'sorted by quantity, as numbers',
      [
        { Quantity: 100, Price: 30 },
        { Quantity: 9, Price: 40 },
        { Price: 42 },
        { Quantity: '20', Price: 36 },
      ],
      [
        [1, 8, 42],
        [9, 19, 40],
        [20, 99, 36],
        [100, null, 30],
      ],
    ],
    [
      'next to each other',
      [
        { Quantity: 0, Price: 43 },
        { Quantity: 1, Price: 42 },
        { Quantity: 2, Price: 41 },
      ],
      [
        [0, 0, 43],
        [1, 1, 42],
        [2, null, 41],
      ],
    ],
    [
      'two for one quantity: the last wins',
      [
        { Quantity: 6, Price: 40 },
        { Quantity: 1, Price: 42 },
        { Quantity: 6, Price: 39 },
      ],
      [
        [1, 5, 42],
        [6, null, 39],
      ],
    ],
    [
      'a missing quantity and 1 are one quantity',
      [{ Price: 42 }, { Quantity: 1, Price: 41 }, { Quantity: '1.0', Price: 40 }],
      [[1, null, 40]],
    ],
    ['the largest quantity', [{ Quantity: 9007199254740991, Price: 1 }], [[9007199254740991, null, 1]]],
  ])('%s', (_, breaks, ranges) => {
    expect(rangesOf(breaks)).toEqual(ranges);
  });

  it.each([
    [
      true,
      [
        [1, 1, 42],
        [6, 6, 40],
      ],
    ],
    [
      false,
      [
        [1, 5, 42],
        [6, null, 40],
      ],
    ],
    [
      null,
      [
        [1, 5, 42],
        [6, null, 40],
      ],
    ],
  ])('with RestrictedQuantity %s', (restricted, ranges) => {
    const breaks = [
      { Quantity: 6, Price: 40 },
      { Quantity: 1, Price: 42 },
    ];
    expect(rangesOf(breaks, { RestrictedQuantity: restricted })).toEqual(ranges);
  });

  it('keep every price', () => {
    const prices = { Price: '42.5', SalePrice: 39, SubscriptionPrice: '4.0e1', BundlePrice: 0 };
    expect(scheduleOf({ PriceBreaks: [{ Quantity: 2, ...prices }] })?.breaks).toEqual([
      { from: 2, to: null, price: 42.5, salePrice: 39, subscriptionPrice: 40, bundlePrice: 0 },
    ]);
  });

  it.each([[{}], [{ PriceBreaks: null }]])('of %j are []', (schedule) => {
    expect(scheduleOf(schedule)?.breaks).toEqual([]);
  });

  it('for one quantity are warned of, at each repetition', () => {
    const breaks = [{ Price: 42 }, { Quantity: 6 }, { Quantity: 1, Price: 41 }, { Quantity: '1' }];
    expect(warningsOf({ DefaultPriceSchedule: { ID: 'ps', PriceBreaks: breaks } })).toEqual([
      ['duplicate-price-break', 'DefaultPriceSchedule.PriceBreaks[2]'],
      ['duplicate-price-break', 'DefaultPriceSchedule.PriceBreaks[3]'],
    ]);
  });
});

describe('the sale window', () => {
  const MAY = '2026-05-01T00:00:00.000Z';
  const JUNE = '2026-06-01T00:00:00.000Z';
  it.each([
    ['in the reference’s spelling', { SalesStart: MAY, SalesEnd: JUNE }, MAY, JUNE],
    ['in the SDK’s spelling', { SaleStart: MAY, SaleEnd: JUNE }, MAY, JUNE],
    ['in one of each', { SaleStart: MAY, SalesEnd: JUNE }, MAY, JUNE],
    ['in both: Sale… wins', { SaleStart: MAY, SaleEnd: JUNE, SalesStart: JUNE, SalesEnd: MAY }, MAY, JUNE],
    ['Sale… null', { SaleStart: null, SalesStart: MAY, SaleEnd: null, SalesEnd: JUNE }, MAY, JUNE],
    ['Sale… of the year 0001', { SaleStart: '0001-01-01T00:00:00', SalesStart: MAY }, MAY, null],
    [
      'both of the year 0001',
      { SaleStart: '0001-01-01T00:00:00Z', SalesEnd: '0001-01-01T00:00:00' },
      null,
      null,
    ],
    ['only a start', { SaleStart: MAY }, MAY, null],
    ['only an end', { SalesEnd: JUNE }, null, JUNE],
    ['none', {}, null, null],
  ])('%s', (_, schedule, saleStart, saleEnd) => {
    expect(scheduleOf(schedule)).toMatchObject({ saleStart, saleEnd });
    const product = { DefaultPriceSchedule: { ID: 'ps', PriceBreaks: [{ Price: 1 }], ...schedule } };
    expect(documentOf(product).pricing?.display).toMatchObject({ saleStart, saleEnd });
  });

  it.each([
    ['ends before it starts', JUNE, MAY, [['sale-window-reversed', 'DefaultPriceSchedule']]],
    ['ends as it starts', MAY, MAY, []],
    ['ends after it starts', MAY, JUNE, []],
    [
      'ends a millisecond before',
      '2026-05-01T00:00:00.001Z',
      MAY,
      [['sale-window-reversed', 'DefaultPriceSchedule']],
    ],
    [
      'ends before in UTC only',
      '2026-05-01T00:00:00Z',
      '2026-05-01T01:00:00+02:00',
      [['sale-window-reversed', 'DefaultPriceSchedule']],
    ],
    ['ends before in local time only', '2026-05-01T01:00:00+02:00', '2026-05-01T00:00:00Z', []],
  ])('%s', (_, SaleStart, SaleEnd, warnings) => {
    expect(warningsOf({ DefaultPriceSchedule: { ID: 'ps', SaleStart, SaleEnd } })).toEqual(warnings);
  });
});
