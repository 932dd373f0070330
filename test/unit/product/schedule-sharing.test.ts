import { describe, expect, it } from 'vitest';
import { toProductContent } from '../../../src/product/product-content.ts';
import { documentOf, warningsOf } from './document-of.ts';

const priced = (ID: string, Price: number) => ({ ID, PriceBreaks: [{ Price }] });
const company = (Party: string, PriceSchedule: object) => ({ Party, PartyType: 3, PriceSchedule });
const seller = (Seller: string, PriceSchedule: object) => ({ Seller, PriceSchedule });

const storedOf = (product: object) =>
  documentOf(product).pricing?.schedules.map(({ id, breaks }) => [id, breaks[0]?.price]);

const partiesOf = (product: object) =>
  documentOf(product).pricing?.parties.map(({ id, scheduleId }) => [id, scheduleId]);

describe('a schedule that is sent several times', () => {
  it('is stored once, however many share it', () => {
    const product = {
      DefaultPriceSchedule: priced('ps', 42),
      PartyPriceSchedules: [company('uno', priced('ps', 42)), company('due', priced('ps', 42))],
      SellerDefaultPriceSchedules: [seller('import', priced('ps', 42))],
    };
    expect(storedOf(product)).toEqual([['ps', 42]]);
    expect(documentOf(product).pricing).toMatchObject({
      defaultScheduleId: 'ps',
      parties: [{ scheduleId: 'ps' }, { scheduleId: 'ps' }],
      sellers: [{ scheduleId: 'ps' }],
    });
    expect(warningsOf(product)).toEqual([]);
  });

  it('is the same in other spellings', () => {
    const DefaultPriceSchedule = {
      ID: 'ps',
      SaleStart: '2026-05-01T00:00:00Z',
      PriceBreaks: [
        { Quantity: 6, Price: 40 },
        { Quantity: 1, Price: 42 },
      ],
    };
    const again = {
      id: 'ps',
      salesStart: '2026-05-01T02:00+02:00',
      isOnSale: true,
      priceBreaks: [{ price: '42.0' }, { quantity: '6', price: '4e1', salePrice: null }],
    };
    const product = { DefaultPriceSchedule, PartyPriceSchedules: [company('uno', again)] };
    expect(storedOf(product)).toEqual([['ps', 42]]);
    expect(warningsOf(product)).toEqual([]);
  });

  it('is warned of once, where it stands first', () => {
    const reversed = { ID: 'ps', SaleStart: '2026-06-01T00:00:00Z', SaleEnd: '2026-05-01T00:00:00Z' };
    const product = {
      PartyPriceSchedules: [company('uno', reversed), company('due', reversed)],
      SellerDefaultPriceSchedules: [seller('import', reversed)],
    };
    expect(warningsOf(product)).toEqual([['sale-window-reversed', 'PartyPriceSchedules[1].PriceSchedule']]);
  });

  it('is stored under each of its IDs', () => {
    const product = {
      PartyPriceSchedules: [company('uno', priced('b', 42)), company('due', priced('a', 42))],
    };
    expect(storedOf(product)).toEqual([
      ['a', 42],
      ['b', 42],
    ]);
  });
});

describe('two schedules under one ID', () => {
  it('are both kept: the default first, then parties and sellers as sorted', () => {
    const product = {
      SellerDefaultPriceSchedules: [seller('z', priced('ps', 5)), seller('a', priced('ps', 4))],
      PartyPriceSchedules: [company('uno', priced('ps', 3)), company('due', priced('ps', 2))],
      DefaultPriceSchedule: priced('ps', 1),
    };
    expect(storedOf(product)).toEqual([
      ['ps', 1],
      ['ps#2', 2],
      ['ps#3', 3],
      ['ps#4', 4],
      ['ps#5', 5],
    ]);
    expect(partiesOf(product)).toEqual([
      ['due', 'ps#2'],
      ['uno', 'ps#3'],
    ]);
    expect(documentOf(product).pricing?.defaultScheduleId).toBe('ps');
    expect(warningsOf(product)).toEqual([
      ['price-schedule-conflict', 'PartyPriceSchedules[1].PriceSchedule'],
      ['price-schedule-conflict', 'PartyPriceSchedules[0].PriceSchedule'],
      ['price-schedule-conflict', 'SellerDefaultPriceSchedules[1].PriceSchedule'],
      ['price-schedule-conflict', 'SellerDefaultPriceSchedules[0].PriceSchedule'],
    ]);
  });

  it.each([
    ['Name', { Name: 'Retail' }],
    ['OwnerID', { OwnerID: 'roastery' }],
    ['Currency', { Currency: 'EUR' }],
    ['ApplyTax', { ApplyTax: false }],
    ['ApplyShipping', { ApplyShipping: false }],
    ['UseCumulativeQuantity', { UseCumulativeQuantity: false }],
    ['RestrictedQuantity', { RestrictedQuantity: false }],
    ['MinQuantity', { MinQuantity: 0 }],
    ['MaxQuantity', { MaxQuantity: 0 }],
    ['SaleStart', { SaleStart: '2026-05-01T00:00:00Z' }],
    ['SalesEnd', { SalesEnd: '2026-05-01T00:00:00Z' }],
    ['a price', { PriceBreaks: [{ Price: 43 }] }],
    ['a sale price', { PriceBreaks: [{ Price: 42, SalePrice: 0 }] }],
    ['a subscription price', { PriceBreaks: [{ Price: 42, SubscriptionPrice: 0 }] }],
    ['a bundle price', { PriceBreaks: [{ Price: 42, BundlePrice: 0 }] }],
    ['a quantity', { PriceBreaks: [{ Quantity: 0, Price: 42 }] }],
    ['a break more', { PriceBreaks: [{ Price: 42 }, { Quantity: 6 }] }],
    ['no breaks', { PriceBreaks: [] }],
    ['xp', { xp: {} }],
    ['xp: false', { xp: false }],
  ])('differ by %s', (_, other) => {
    const product = {
      DefaultPriceSchedule: priced('ps', 42),
      PartyPriceSchedules: [company('uno', { ...priced('ps', 42), ...other })],
    };
    expect(partiesOf(product)).toEqual([['uno', 'ps#2']]);
    expect(documentOf(product).pricing?.schedules.map(({ id }) => id)).toEqual(['ps', 'ps#2']);
  });

  it.each([
    ['deep inside', '{"a":[1,{"b":null}]}', '{"a":[1,{"b":false}]}'],
    ['a number and its text', '{"a":1}', '{"a":"1"}'],
    ['an empty list and object', '{"a":[]}', '{"a":{}}'],
    ['null and absent', '{"a":null}', '{}'],
    ['a __proto__ key', '{"__proto__":{"a":1}}', '{}'],
    ['what a __proto__ key holds', '{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}'],
    ['a toString key', '{"toString":null}', '{}'],
    ['a list and its keys', '["x"]', '{"0":"x"}'],
    ['the length of a list', '[null]', '[null,null]'],
  ])('differ by their xp: %s', (_, one, other) => {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ] as const) {
      const payload = `{"DefaultPriceSchedule":{"ID":"ps","xp":${first}},
        "PartyPriceSchedules":[{"Party":"uno","PartyType":3,"PriceSchedule":{"ID":"ps","xp":${second}}}]}`;
      expect(partiesOf(JSON.parse(payload))).toEqual([['uno', 'ps#2']]);
    }
  });

  it('are two, however often each comes', () => {
    const product = {
      PartyPriceSchedules: [
        company('a', priced('ps', 1)),
        company('b', priced('ps', 2)),
        company('c', priced('ps', 1)),
        company('d', priced('ps', 2)),
      ],
    };
    expect(partiesOf(product)).toEqual([
      ['a', 'ps'],
      ['b', 'ps#2'],
      ['c', 'ps'],
      ['d', 'ps#2'],
    ]);
    expect(warningsOf(product)).toEqual([
      ['price-schedule-conflict', 'PartyPriceSchedules[1].PriceSchedule'],
    ]);
  });

  it('leave an ID alone that another schedule of the message has by right', () => {
    const product = {
      PartyPriceSchedules: [
        company('a', priced('ps', 1)),
        company('b', priced('ps', 2)),
        company('c', priced('ps#2', 3)),
        company('d', priced('ps#3', 4)),
        company('e', priced('ps', 5)),
        company('f', priced('ps#2', 6)),
      ],
    };
    expect(partiesOf(product)).toEqual([
      ['a', 'ps'],
      ['b', 'ps#4'],
      ['c', 'ps#2'],
      ['d', 'ps#3'],
      ['e', 'ps#5'],
      ['f', 'ps#2#2'],
    ]);
    expect(storedOf(product)).toEqual([
      ['ps', 1],
      ['ps#2', 3],
      ['ps#2#2', 6],
      ['ps#3', 4],
      ['ps#4', 2],
      ['ps#5', 5],
    ]);
  });

  it('named by DefaultPriceScheduleID `ps#2` are no default, because no schedule was sent under it', () => {
    const product = {
      DefaultPriceScheduleID: 'ps#2',
      PartyPriceSchedules: [company('a', priced('ps', 1)), company('b', priced('ps', 2))],
    };
    expect(documentOf(product).pricing).toMatchObject({ defaultScheduleId: null, display: null });
  });

  it.each(['__proto__', 'constructor', 'toString', ' '])('may have the ID %j', (id) => {
    const product = {
      DefaultPriceSchedule: priced(id, 1),
      PartyPriceSchedules: [company('a', priced(id, 2))],
    };
    expect(storedOf(product)).toEqual([
      [id, 1],
      [`${id}#2`, 2],
    ]);
  });

  it('are numbered on, ten thousand of them under one ID', () => {
    const PartyPriceSchedules = Array.from({ length: 10_000 }, (_, index) => ({
      Party: String(index).padStart(4, '0'),
      PartyType: 'company' as const,
      PriceSchedule: priced('ps', index),
    }));
    const { content, warnings } = toProductContent(
      { ProductID: 'CHEMEX-6', PartyPriceSchedules },
      { marketplace: null },
    );
    expect(content.pricing?.parties.at(-1)).toMatchObject({ id: '9999', scheduleId: 'ps#10000' });
    expect(new Set(content.pricing?.schedules.map(({ id }) => id)).size).toBe(10_000);
    expect(warnings).toHaveLength(50);
  });
});

it('different schedules are sorted by stored id, by code unit', () => {
  const product = {
    PartyPriceSchedules: ['b', 'a', 'B', '10', '9'].map((id, index) => company(id, priced(id, index))),
  };
  expect(storedOf(product)?.map(([id]) => id)).toEqual(['10', '9', 'B', 'a', 'b']);
});
