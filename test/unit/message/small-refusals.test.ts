import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../../src/sync/prepare.ts';
import { httpDelivery, PRODUCT_UPDATED } from '../../support/deliveries.ts';
import { issuesOf as allIssuesOf } from './validation.ts';

const issuesOf = (payload: object) =>
  allIssuesOf({ ProductID: 'MUG', ...payload }).map(({ path, expected }) => `${path}: ${expected}`);
const contentOf = (payload: object) => {
  const body = Buffer.from(
    JSON.stringify({ Headers: { type: PRODUCT_UPDATED }, Payload: { ProductID: 'MUG', ...payload } }),
  );
  const prepared = prepare(httpDelivery(body), null);
  if (prepared.kind !== 'change' || prepared.change.content === null)
    throw new Error(JSON.stringify(prepared));
  return {
    content: prepared.change.content,
    warnings: prepared.change.sync.warnings.map(({ code, path }) => `${code} ${path}`),
  };
};

describe('a null inside a list counts as absent, with a warning', () => {
  it('in lists of texts', () => {
    const { content, warnings } = contentOf({
      Catalogs: ['b', null, 'a'],
      Suppliers: [null],
      Buyers: [null, null],
      UserGroups: ['x'],
    });
    expect(content).toMatchObject({
      catalogIds: ['a', 'b'],
      supplierIds: [],
      buyerIds: [],
      userGroupIds: ['x'],
    });
    expect(warnings).toEqual(
      [
        'null-in-list Suppliers[0]',
        'null-in-list Buyers[0]',
        'null-in-list Buyers[1]',
        'null-in-list Catalogs[1]',
      ].map((text) => expect.stringMatching(/^null-in-list/) && text),
    );
  });

  it('in lists of models, whose other items keep their paths', () => {
    const { content, warnings } = contentOf({
      Categories: [null, { ID: 'mugs' }, 'cups'],
      Specs: [null, { ID: 'color', Options: [{ ID: 'red' }, null] }],
      PartyPriceSchedules: [
        null,
        { Party: 'cafe', PartyType: 3, PriceSchedule: { ID: 'ps', PriceBreaks: [null, { Price: 3 }] } },
      ],
      SellerDefaultPriceSchedules: [null],
    });
    expect(content.categories.map(({ id }) => id)).toEqual(['cups', 'mugs']);
    expect(content.specs).toMatchObject([{ id: 'color', options: [{ id: 'red' }] }]);
    expect(content.pricing).toMatchObject({
      parties: [{ id: 'cafe', order: 1 }],
      schedules: [{ breaks: [{ from: 1, price: 3 }] }],
      sellers: [],
    });
    expect(warnings.sort()).toEqual(
      [
        'Categories[0]',
        'PartyPriceSchedules[0]',
        'PartyPriceSchedules[1].PriceSchedule.PriceBreaks[0]',
        'SellerDefaultPriceSchedules[0]',
        'Specs[0]',
        'Specs[1].Options[1]',
      ].map((path) => `null-in-list ${path}`),
    );
    expect(issuesOf({ Categories: [null, { ID: 7 }] })).toEqual([
      'Categories[1].ID: a string that is not empty',
    ]);
  });
});

describe('an empty text', () => {
  it('where an ID is optional counts as absent, without a warning', () => {
    const input = readFileSync('test/unit/message/empty-strings.json');
    const prepared = prepare(httpDelivery(input), null);
    if (prepared.kind !== 'change') throw new Error(JSON.stringify(prepared));
    const { content, sync } = prepared.change;
    expect(content).toMatchObject({
      ownerId: null,
      parentId: null,
      defaultSupplierId: null,
      shipping: { fromAddressId: null },
      catalogIds: [],
      categories: [],
      name: '',
      pricing: { defaultScheduleId: 'ps' },
      specs: [{ id: 's', defaultOptionId: null, defaultValue: '' }],
    });
    expect(sync.warnings.map(({ code, path }) => `${code} ${path}`)).toEqual(['null-in-list Catalogs[1]']);
  });

  it.each([
    [{ Categories: [{ ID: '' }] }, 'Categories[0].ID'],
    [{ Specs: [{ ID: '' }] }, 'Specs[0].ID'],
    [{ Specs: [{ ID: 'color', Options: [{ ID: '' }] }] }, 'Specs[0].Options[0].ID'],
    [{ DefaultPriceSchedule: { ID: '' } }, 'DefaultPriceSchedule.ID'],
    [
      { PartyPriceSchedules: [{ Party: '', PartyType: 1, PriceSchedule: { ID: 'ps' } }] },
      'PartyPriceSchedules[0].Party',
    ],
    [
      { SellerDefaultPriceSchedules: [{ Seller: '', PriceSchedule: { ID: 'ps' } }] },
      'SellerDefaultPriceSchedules[0].Seller',
    ],
  ])('where an ID is required is refused: %j', (payload, path) => {
    expect(issuesOf(payload)).toEqual([`${path}: a string that is not empty`]);
  });

  it('for the seller of a party is the same as none', () => {
    const party = (Seller: string | null) => ({
      Party: 'cafe',
      PartyType: 3,
      Seller,
      PriceSchedule: { ID: 'ps' },
    });
    const { content, warnings } = contentOf({ PartyPriceSchedules: [party(null), party('')] });
    expect(content.pricing?.parties).toMatchObject([{ sellerId: null }]);
    expect(warnings).toEqual(['duplicate-party-price-schedule PartyPriceSchedules[1]']);
  });
});

describe('a date', () => {
  it.each([
    ['2026-11-22T09:30:00+0530', '2026-11-22T04:00:00.000Z'],
    ['2026-11-22T09:30:00.5-05', '2026-11-22T14:30:00.500Z'],
    ['2026-11-22T09:30+05', '2026-11-22T04:30:00.000Z'],
    ['2026-11-22t09:30:00z', '2026-11-22T09:30:00.000Z'],
    ['2026-11-22t09:30:00', '2026-11-22T09:30:00.000Z'],
  ])('may be %s', (LastUpdated, expected) => {
    expect(contentOf({ Inventory: { LastUpdated } }).content.inventory?.lastUpdated).toBe(expected);
  });

  it.each([
    '2026-11-22',
    '2026-11-22+05',
    '2026-11-22T09:30:00+053',
    '2026-11-22T09:30:00+5',
    '2026-11-22T09:30:00+2530',
    'T'.repeat(1_000_000),
  ])('may not be %s', (LastUpdated) => {
    expect(issuesOf({ Inventory: { LastUpdated } })).toHaveLength(1);
  });
});
