import { describe, expect, it } from 'vitest';
import { ProductUpdated } from '../../../src/message/product-updated.ts';
import { toProductContent } from '../../../src/product/product-content.ts';
import { documentOf, warningsOf } from './document-of.ts';

const priced = (ID: string, Price: number) => ({ ID, PriceBreaks: [{ Price }] });
const RETAIL = priced('ps-retail', 42);
const WHOLESALE = priced('ps-wholesale', 30);

const party = (Party: string, PriceSchedule: object, PartyType: number | string = 3, Seller?: string) => ({
  Party,
  PartyType,
  PriceSchedule,
  ...(Seller !== undefined && { Seller }),
});
const seller = (Seller: string, PriceSchedule: object) => ({ Seller, PriceSchedule });

describe('pricing is null', () => {
  it.each([
    ['where nothing is said of prices', {}],
    [
      'where all three are null',
      { DefaultPriceSchedule: null, PartyPriceSchedules: null, SellerDefaultPriceSchedules: null },
    ],
    ['where there is a DefaultPriceScheduleID only', { DefaultPriceScheduleID: 'ps-retail' }],
  ])('%s', (_, product) => {
    expect(documentOf(product).pricing).toBeNull();
    expect(warningsOf(product)).toEqual([]);
  });
});

describe('pricing is empty', () => {
  it.each([
    ['PartyPriceSchedules', { PartyPriceSchedules: [] }],
    ['SellerDefaultPriceSchedules', { SellerDefaultPriceSchedules: [] }],
    ['both', { DefaultPriceSchedule: null, PartyPriceSchedules: [], SellerDefaultPriceSchedules: [] }],
  ])('where %s are sent as []', (_, product) => {
    expect(documentOf(product).pricing).toEqual({
      defaultScheduleId: null,
      display: null,
      schedules: [],
      parties: [],
      sellers: [],
    });
  });
});

describe('the default schedule', () => {
  it.each([
    ['is the one that was sent', { DefaultPriceSchedule: RETAIL }, 'ps-retail', 42],
    [
      'is the one that was sent, whatever DefaultPriceScheduleID says',
      {
        DefaultPriceSchedule: RETAIL,
        DefaultPriceScheduleID: 'ps-wholesale',
        PartyPriceSchedules: [party('uno', WHOLESALE)],
      },
      'ps-retail',
      42,
    ],
    [
      'is else the one of DefaultPriceScheduleID, sent for a party',
      { DefaultPriceScheduleID: 'ps-wholesale', PartyPriceSchedules: [party('uno', WHOLESALE)] },
      'ps-wholesale',
      30,
    ],
    [
      'is else the one of DefaultPriceScheduleID, sent for a seller',
      { DefaultPriceScheduleID: 'ps-wholesale', SellerDefaultPriceSchedules: [seller('import', WHOLESALE)] },
      'ps-wholesale',
      30,
    ],
    [
      'is none where DefaultPriceScheduleID was not sent',
      { DefaultPriceScheduleID: 'ps-retail', PartyPriceSchedules: [party('uno', WHOLESALE)] },
      null,
      undefined,
    ],
    ['is none where no ID is given', { PartyPriceSchedules: [party('uno', WHOLESALE)] }, null, undefined],
    [
      'is none where the ID differs in case',
      { DefaultPriceScheduleID: 'PS-WHOLESALE', PartyPriceSchedules: [party('uno', WHOLESALE)] },
      null,
      undefined,
    ],
    [
      'is the first of two under one ID',
      {
        DefaultPriceScheduleID: 'ps',
        PartyPriceSchedules: [party('b', priced('ps', 20)), party('a', priced('ps', 10))],
      },
      'ps',
      10,
    ],
  ])('%s', (_, product, defaultScheduleId, price) => {
    const pricing = documentOf(product).pricing;
    expect(pricing?.defaultScheduleId).toBe(defaultScheduleId);
    expect(pricing?.display?.price).toBe(price);
  });

  it.each([
    ['has no breaks', { ID: 'ps' }, null],
    ['has an empty list of breaks', { ID: 'ps', PriceBreaks: [] }, null],
    [
      'has breaks, and none for one: the lowest quantity’s',
      {
        ID: 'ps',
        Currency: 'EUR',
        PriceBreaks: [
          { Quantity: 12, Price: 36 },
          { Quantity: 6, Price: 40, SalePrice: 38 },
        ],
      },
      { currency: 'EUR', price: 40, salePrice: 38, saleStart: null, saleEnd: null },
    ],
    [
      'has a break without price',
      { ID: 'ps', PriceBreaks: [{}] },
      { currency: null, price: null, salePrice: null, saleStart: null, saleEnd: null },
    ],
  ])('is displayed where it %s', (_, DefaultPriceSchedule, display) => {
    expect(documentOf({ DefaultPriceSchedule }).pricing?.display).toEqual(display);
  });

  it.each([
    ['MinQuantity is 25', { MinQuantity: 25 }, 28.1],
    ['MinQuantity is 24', { MinQuantity: 24 }, 32.6],
    ['MinQuantity is absent', {}, 32.6],
    ['MinQuantity is 0', { MinQuantity: 0 }, 32.6],
    ['only the quantities of breaks can be ordered', { MinQuantity: 2, RestrictedQuantity: true }, 28.1],
    ['no break can be ordered', { MinQuantity: 26, RestrictedQuantity: true }, 40],
  ])('is displayed by the least quantity that can be ordered where %s', (_, limits, price) => {
    const PriceBreaks = [
      { Quantity: 0, Price: 40 },
      { Quantity: 1, Price: 32.6 },
      { Quantity: 25, Price: 28.1 },
    ];
    const product = { DefaultPriceSchedule: { ID: 'ps', MaxQuantity: 100, ...limits, PriceBreaks } };
    expect(documentOf(product).pricing?.display?.price).toBe(price);
  });

  it.each([
    ['agrees', { DefaultPriceScheduleID: 'ps-retail', DefaultPriceSchedule: RETAIL }, []],
    ['is absent', { DefaultPriceSchedule: RETAIL }, []],
    [
      'names another',
      { DefaultPriceScheduleID: 'ps-other', DefaultPriceSchedule: RETAIL },
      [['default-price-schedule-mismatch', 'DefaultPriceScheduleID']],
    ],
    [
      'names another that was sent as well',
      {
        DefaultPriceScheduleID: 'ps-wholesale',
        DefaultPriceSchedule: RETAIL,
        PartyPriceSchedules: [party('uno', WHOLESALE)],
      },
      [['default-price-schedule-mismatch', 'DefaultPriceScheduleID']],
    ],
    [
      'names one that was not sent',
      { DefaultPriceScheduleID: 'ps-retail', PartyPriceSchedules: [] },
      [['default-price-schedule-mismatch', 'DefaultPriceScheduleID']],
    ],
    ['is empty, and so names none', { DefaultPriceScheduleID: '', DefaultPriceSchedule: RETAIL }, []],
    [
      'names one that was sent for a party',
      { DefaultPriceScheduleID: 'ps-wholesale', PartyPriceSchedules: [party('uno', WHOLESALE)] },
      [],
    ],
  ])('is warned of where DefaultPriceScheduleID %s', (_, product, warnings) => {
    expect(warningsOf(product)).toEqual(warnings);
  });
});

describe('parties', () => {
  it('are sorted by type, id and seller, null before any seller', () => {
    const product = {
      PartyPriceSchedules: [
        party('zoe', RETAIL, 1),
        party('b2b', RETAIL, 2),
        party('uno', RETAIL, 3, 'import'),
        party('uno', RETAIL, 3),
        party('due', RETAIL, 3),
        party('Uno', RETAIL, 3),
        party('ada', RETAIL, 1),
      ],
    };
    expect(
      documentOf(product).pricing?.parties.map(({ type, id, sellerId }) => [type, id, sellerId]),
    ).toEqual([
      ['company', 'Uno', null],
      ['company', 'due', null],
      ['company', 'uno', null],
      ['company', 'uno', 'import'],
      ['user', 'ada', null],
      ['user', 'zoe', null],
      ['userGroup', 'b2b', null],
    ]);
    expect(warningsOf(product)).toEqual([]);
  });

  it.each([
    ['type', party('uno', WHOLESALE, 2)],
    ['id', party('due', WHOLESALE)],
    ['seller', party('uno', WHOLESALE, 3, 'import')],
  ])('of another %s are others', (_, other) => {
    const product = { PartyPriceSchedules: [party('uno', RETAIL), other] };
    expect(documentOf(product).pricing?.parties).toHaveLength(2);
    expect(warningsOf(product)).toEqual([]);
  });

  it('keep their place in the message as order: where a duplicate came last, that one', () => {
    const product = {
      PartyPriceSchedules: [
        party('uno', RETAIL),
        party('b', RETAIL),
        party('a', RETAIL),
        party('uno', RETAIL),
      ],
    };
    expect(documentOf(product).pricing?.parties.map(({ id, order }) => [id, order])).toEqual([
      ['a', 2],
      ['b', 1],
      ['uno', 3],
    ]);
  });

  it('that come again are warned of, and the last wins', () => {
    const product = {
      PartyPriceSchedules: [
        party('uno', RETAIL, 3),
        party('due', RETAIL),
        party('uno', WHOLESALE, 'Company'),
        { ...party('due', WHOLESALE, '3'), Seller: null },
      ],
    };
    expect(documentOf(product).pricing).toMatchObject({
      parties: [
        { type: 'company', id: 'due', sellerId: null, scheduleId: 'ps-wholesale' },
        { type: 'company', id: 'uno', sellerId: null, scheduleId: 'ps-wholesale' },
      ],
      schedules: [{ id: 'ps-wholesale' }],
    });
    expect(warningsOf(product)).toEqual([
      ['duplicate-party-price-schedule', 'PartyPriceSchedules[2]'],
      ['duplicate-party-price-schedule', 'PartyPriceSchedules[3]'],
    ]);
  });

  it('whose names hold what might separate them are not taken for each other', () => {
    const pieces = ['a', 'b', ' ', 'of', ' of ', '"', '","', ',', '1', '3', 'null', 'user', '/', '\u0000'];
    const names = ['', ...pieces].flatMap((one) => pieces.map((other) => one + other));
    const distinct = [...new Set(names)];
    const PartyPriceSchedules = distinct.flatMap((name, index) => [
      party(name, RETAIL),
      party(name, RETAIL, 3, 'b'),
      party('a', RETAIL, 2, name),
      party(`a of ${name}`, RETAIL, 2),
      party(name, RETAIL, 1, distinct.at(-index)),
    ]);
    const { content, warnings } = toProductContent(
      ProductUpdated.parse({ ProductID: 'CHEMEX-6', PartyPriceSchedules }),
      { marketplace: null },
    );
    expect(content.pricing?.parties).toHaveLength(PartyPriceSchedules.length);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['a of b', null, 'a', 'b '],
    ['a","b', null, 'a', 'b'],
    ['a null', null, 'a', null],
    ['1 a', null, 'a', null],
  ])('%j with seller %j is not %j with seller %j', (id, sellerId, otherId, otherSellerId) => {
    const product = {
      PartyPriceSchedules: [
        party(id, RETAIL, 3, sellerId ?? undefined),
        party(otherId, RETAIL, 3, otherSellerId ?? undefined),
      ],
    };
    expect(documentOf(product).pricing?.parties).toHaveLength(2);
    expect(warningsOf(product)).toEqual([]);
  });
});

describe('sellers', () => {
  it('are sorted', () => {
    const product = {
      SellerDefaultPriceSchedules: [
        seller('import', RETAIL),
        seller('Import', RETAIL),
        seller('farm', WHOLESALE),
      ],
    };
    expect(documentOf(product).pricing?.sellers).toEqual([
      { sellerId: 'Import', scheduleId: 'ps-retail' },
      { sellerId: 'farm', scheduleId: 'ps-wholesale' },
      { sellerId: 'import', scheduleId: 'ps-retail' },
    ]);
  });

  it('that come again are warned of, and the last wins', () => {
    const product = {
      SellerDefaultPriceSchedules: [
        seller('import', RETAIL),
        seller('farm', RETAIL),
        seller('import', WHOLESALE),
      ],
    };
    expect(documentOf(product).pricing?.sellers).toEqual([
      { sellerId: 'farm', scheduleId: 'ps-retail' },
      { sellerId: 'import', scheduleId: 'ps-wholesale' },
    ]);
    expect(warningsOf(product)).toEqual([['duplicate-seller-default', 'SellerDefaultPriceSchedules[2]']]);
  });
});
