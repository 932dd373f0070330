import { describe, expect, it } from 'vitest';
import { ProductDocument, WARNING_CODES } from '../../../src/product/document.ts';
import { changeOf, warningsOf } from './document-of.ts';

const company = (Party: string, PriceSchedule: object) => ({ Party, PartyType: 3, PriceSchedule });

/** One message that has every oddity there is. */
const ODD = {
  SpecCount: 5,
  ShipWeight: '0.10000000000000000001',
  DefaultPriceScheduleID: 'ps-other',
  DefaultPriceSchedule: {
    ID: 'ps',
    SaleStart: '2026-06-01T00:00:00Z',
    SaleEnd: '2026-05-01T00:00:00Z',
    PriceBreaks: [{ Price: 42 }, { Price: 41 }],
  },
  PartyPriceSchedules: [company('uno', { ID: 'ps' }), company('uno', { ID: 'ps' })],
  SellerDefaultPriceSchedules: [
    { Seller: 'import', PriceSchedule: { ID: 'ps' } },
    { Seller: 'import', PriceSchedule: { ID: 'ps' } },
  ],
  Catalogs: [null],
  Categories: ['glass', 'glass'],
  Specs: [
    { ID: 'size' },
    { ID: 'size', OptionCount: 7, DefaultOptionID: 'none', Options: [{ ID: 'a' }, { ID: 'a' }] },
  ],
};

describe('warnings', () => {
  it('tell each oddity by code and place', () => {
    expect(warningsOf(ODD).sort()).toEqual([
      ['default-option-missing', 'Specs[1].DefaultOptionID'],
      ['default-price-schedule-mismatch', 'DefaultPriceScheduleID'],
      ['duplicate-category', 'Categories[1]'],
      ['duplicate-option', 'Specs[1].Options[1]'],
      ['duplicate-party-price-schedule', 'PartyPriceSchedules[1]'],
      ['duplicate-price-break', 'DefaultPriceSchedule.PriceBreaks[1]'],
      ['duplicate-seller-default', 'SellerDefaultPriceSchedules[1]'],
      ['duplicate-spec', 'Specs[1]'],
      ['null-in-list', 'Catalogs[0]'],
      ['number-not-exact', 'ShipWeight'],
      ['option-count-mismatch', 'Specs[1].OptionCount'],
      ['price-schedule-conflict', 'PartyPriceSchedules[1].PriceSchedule'],
      ['sale-window-reversed', 'DefaultPriceSchedule'],
      ['spec-count-mismatch', 'SpecCount'],
    ]);
  });

  it('come with every code of the schema, and with words', () => {
    const { content, sync } = changeOf(ODD);
    expect(sync.warnings.map(({ code }) => code).sort()).toEqual([...WARNING_CODES].sort());
    for (const { message } of sync.warnings) expect(message).toMatch(/^[A-Z].+\.$/);
    expect(ProductDocument.safeParse({ ...content, sync }).success).toBe(true);
  });

  it('are no part of the content', () => {
    const odd = { Categories: ['glass', 'glass'], SpecCount: 0 };
    const even = { Categories: ['glass'], SpecCount: 0 };
    expect(changeOf(odd).sync.warnings).not.toEqual([]);
    expect(changeOf(odd).content).toEqual(changeOf(even).content);
    expect(changeOf(odd).sync.contentHash).toBe(changeOf(even).sync.contentHash);
  });

  it.each([
    [49, 49],
    [50, 50],
    [51, 50],
    [10_000, 50],
  ])('of %d oddities are %d, the first ones', (odd, warned) => {
    const Categories = Array.from({ length: odd + 1 }, () => 'glass');
    const warnings = warningsOf({ Categories, Specs: [{ ID: 'size' }, { ID: 'size' }] });
    expect(warnings).toHaveLength(Math.min(50, odd + 1));
    expect(warnings.filter(([code]) => code === 'duplicate-category')).toHaveLength(warned);
    expect(warnings[warned - 1]).toEqual(['duplicate-category', `Categories[${warned}]`]);
  });
});
