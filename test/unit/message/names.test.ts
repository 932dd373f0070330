import { describe, expect, it } from 'vitest';
import { withModelNames } from '../../../src/message/model-names.ts';
import { ProductUpdated } from '../../../src/message/product-updated.ts';
import { GUJI, MINIMAL } from './guji.ts';
import { issuesOf, productFrom } from './validation.ts';

/** `Name` as `NAME`, `name` and so on in every model, `xp` too; what is inside an `xp` stays as it is. */
function renamedBy(rename: (name: string) => string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => renamedBy(rename, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      rename(name),
      name === 'xp' ? inner : renamedBy(rename, inner),
    ]),
  );
}

const alternating = (name: string) =>
  [...name].map((char, index) => (index % 2 === 0 ? char.toLowerCase() : char.toUpperCase())).join('');

describe('the names of the model', () => {
  it.each([
    ['in lower case', (name: string) => name.toLowerCase()],
    ['in upper case', (name: string) => name.toUpperCase()],
    ['in camel case', (name: string) => name.charAt(0).toLowerCase() + name.slice(1)],
    ['in mixed case', alternating],
  ])('%s are matched in every model', (_, rename) => {
    expect(productFrom(renamedBy(rename, GUJI))).toEqual(productFrom(GUJI));
  });

  it.each([
    ['ProductID', '{"ProductID":"EXACT","productId":"OTHER"}', 'EXACT'],
    ['ProductID', '{"productId":"OTHER","ProductID":"EXACT"}', 'EXACT'],
    ['ProductID', '{"PRODUCTID":"OTHER","ProductID":"EXACT","productid":"LAST"}', 'EXACT'],
    ['ProductID', '{"productId":"FIRST","PRODUCTID":"LAST"}', 'LAST'],
    ['ProductID', '{"PRODUCTID":"FIRST","ProductId":"MIDDLE","productid":"LAST"}', 'LAST'],
  ])('%s in %s: an exact match wins, else the last', (_, json, expected) => {
    expect(productFrom(JSON.parse(json)).ProductID).toBe(expected);
  });

  it('an exact match wins inside lists and unions too', () => {
    const payload = JSON.parse(`{"ProductID":"GUJI",
      "Categories":[{"id":"other","ID":"exact"},{"Id":"first","iD":"last"},"by-id"],
      "specs":[{"ID":"grind","options":[{"id":"other","ID":"exact","value":"first","VALUE":"last"}]}]}`);
    expect(productFrom(payload)).toEqual({
      ProductID: 'GUJI',
      Categories: [{ ID: 'exact' }, { ID: 'last' }, { ID: 'by-id' }],
      Specs: [{ ID: 'grind', Options: [{ ID: 'exact', Value: 'last' }] }],
    });
  });

  it.each([
    ['with a space', 'Name '],
    ['with an underscore', 'Na_me'],
    ['shorter', 'Nam'],
    ['longer', 'Names'],
    ['with an accent', 'Namé'],
    ['in full width', 'Ｎame'],
  ])('a name %s is another', (_, name) => {
    expect(productFrom({ ...MINIMAL, [name]: 7 })).toEqual(MINIMAL);
  });

  it('are documented ones in the paths of issues', () => {
    const payload = {
      productid: 'GUJI',
      PARTYPRICESCHEDULES: [
        { party: 'uno', partytype: 1, priceSCHEDULE: { id: 'x', pricebreaks: [{ price: -1 }] } },
      ],
    };
    expect(issuesOf(payload)).toEqual([
      {
        path: 'PartyPriceSchedules[0].PriceSchedule.PriceBreaks[0].Price',
        expected: 'a decimal number of at least 0',
        found: 'the number -1',
      },
    ]);
  });
});

describe('unknown properties', () => {
  it('are allowed and dropped in every model, whatever they hold', () => {
    const unknown = { Roast: { Level: [1, { deep: null }] }, ID2: 7, '': 'empty' };
    const payload = {
      ...MINIMAL,
      ...unknown,
      Inventory: { ...unknown },
      UserContext: { ...unknown },
      DefaultPriceSchedule: { ID: 'ps', ...unknown, PriceBreaks: [{ Price: 1, ...unknown }] },
      Categories: [{ ID: 'c', ...unknown }],
      Specs: [{ ID: 's', ...unknown, Options: [{ ID: 'o', ...unknown }] }],
    };
    expect(productFrom(payload)).toEqual({
      ...MINIMAL,
      Inventory: {},
      UserContext: {},
      DefaultPriceSchedule: { ID: 'ps', PriceBreaks: [{ Price: 1 }] },
      Categories: [{ ID: 'c' }],
      Specs: [{ ID: 's', Options: [{ ID: 'o' }] }],
    });
  });

  it('with numbers that are not finite are dropped as well', () => {
    expect(productFrom(JSON.parse('{"ProductID":"GUJI","Temperature":1e999}'))).toEqual({
      ProductID: 'GUJI',
    });
  });
});

describe('the payload that JSON.parse made', () => {
  it('stays, where all names are as documented', () => {
    const payload = structuredClone(GUJI);
    expect(withModelNames(payload, ProductUpdated)).toBe(payload);
    expect(payload).toEqual(GUJI);
  });

  it('gets other objects only for those in another spelling', () => {
    const payload = {
      ...structuredClone(GUJI),
      Specs: [...GUJI.Specs, { id: 'roast', options: [{ ID: 'light' }], xp: { Note: 1 } }],
    };
    const named = withModelNames(payload, ProductUpdated) as typeof payload;
    expect(named).toBe(payload);
    expect(named.Specs[0]).toBe(GUJI.Specs[0]);
    expect(named.Specs[1]).toEqual({ ID: 'roast', Options: [{ ID: 'light' }], xp: { Note: 1 } });
  });

  it('keeps every xp', () => {
    const xp = { Roast: { Level: 3 }, roast: { level: 4 } };
    const schedule = { id: 'ps', XP: xp };
    const product = productFrom({
      PRODUCTID: 'GUJI',
      Xp: xp,
      DEFAULTPRICESCHEDULE: schedule,
      PartyPriceSchedules: [{ party: 'uno', PartyType: 1, PriceSchedule: schedule }],
      SellerDefaultPriceSchedules: [{ seller: 'import', PriceSchedule: schedule }],
      Specs: [{ id: 'grind', xp, Options: [{ Id: 'whole', xP: xp }] }],
    });
    expect(product.xp).toBe(xp);
    expect(product.DefaultPriceSchedule?.xp).toBe(xp);
    expect(product.PartyPriceSchedules?.[0]?.PriceSchedule.xp).toBe(xp);
    expect(product.SellerDefaultPriceSchedules?.[0]?.PriceSchedule.xp).toBe(xp);
    expect(product.Specs?.[0]?.xp).toBe(xp);
    expect(product.Specs?.[0]?.Options?.[0]?.xp).toBe(xp);
    expect(xp).toEqual({ Roast: { Level: 3 }, roast: { level: 4 } });
  });
});
