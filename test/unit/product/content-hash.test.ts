import { describe, expect, it } from 'vitest';
import { withValueAt } from '../../property/places.ts';
import { eventHubDelivery } from '../../support/deliveries.ts';
import { changeFrom } from '../../support/messages.ts';
import { GUJI } from '../message/guji.ts';
import { changeOf } from './document-of.ts';

const hashOf = (product: object) => changeOf(product).sync.contentHash;

describe('the hash is equal', () => {
  it.each([
    ['for the same message', structuredClone(GUJI)],
    ['for keys of the model in another order', Object.fromEntries(Object.entries(GUJI).reverse())],
    ['for names in another case', { ...GUJI, name: undefined, Name: undefined, NAME: GUJI.Name }],
    ['for numbers as text', withValueAt(GUJI, 'ShipWeight', '2.7e-1')],
    [
      'for an instant in another zone',
      withValueAt(GUJI, 'Inventory.LastUpdated', '2026-11-20T10:15:30.2509+02:00'),
    ],
    ['for an enum by name', withValueAt(GUJI, 'PartyPriceSchedules[0].PartyType', 'company')],
    ['for duplicates in a list', { ...GUJI, Catalogs: ['coffee', 'coffee'] }],
    ['for IsOnSale, which is not stored', withValueAt(GUJI, 'DefaultPriceSchedule.IsOnSale', true)],
    ['for UserContext, which is not stored', { ...GUJI, UserContext: null }],
    ['for unknown properties', { ...GUJI, Roast: 'light' }],
  ])('%s', (_, product) => {
    expect(hashOf(product)).toBe(hashOf(GUJI));
  });

  it('for null and absent', () => {
    expect(hashOf({ Name: null, Specs: null, xp: null, Inventory: null })).toBe(hashOf({}));
  });

  it('for lists in another order', () => {
    const Categories = [{ ID: 'a', ListOrder: 1 }, 'b', 'c'];
    const Catalogs = ['tea', 'coffee'];
    expect(hashOf({ Categories, Catalogs })).toBe(
      hashOf({ Categories: Categories.toReversed(), Catalogs: Catalogs.toReversed() }),
    );
  });

  it('whatever the position of the message', () => {
    const at = (position: object) =>
      changeFrom(eventHubDelivery({ payload: GUJI }, position)).sync.contentHash;
    expect(at({ sequence: 9, time: '2020-01-01T00:00:00.000Z', partition: '7' })).toBe(at({}));
    expect(at({ transport: 'kafka', receivedAt: '2030-01-01T00:00:00.000Z' })).toBe(at({}));
  });
});

describe('the hash differs', () => {
  it.each([
    ['ProductID', 'GUJI-NATURAL-1000'],
    ['Marketplace', 'other'],
    ['OwnerID', null],
    ['Name', 'guji natural, 250 g'],
    ['Description', ''],
    ['Active', false],
    ['Active', null],
    ['IsParent', false],
    ['ParentID', null],
    ['QuantityMultiplier', 5],
    ['Returnable', true],
    ['AutoForward', true],
    ['ShipWeight', 0.28],
    ['ShipHeight', 19.4],
    ['ShipWidth', 9.5],
    ['ShipLength', 6],
    ['ShipFromAddressID', 'bremen'],
    ['DefaultSupplierID', null],
    ['AllSuppliersCanSell', true],
    ['Suppliers', []],
    ['Buyers', []],
    ['UserGroups', []],
    ['Catalogs', ['coffee', 'gifts']],
    ['Categories[0].Name', 'Origins'],
    ['Categories[0].Active', null],
    ['Categories[0].ListOrder', 3],
    ['Inventory', null],
    ['Inventory.QuantityAvailable', 54],
    ['Inventory.LastUpdated', '2026-11-20T08:15:30.251Z'],
    ['VariantCount', 4],
    ['SpecCount', 2],
    ['DefaultPriceSchedule.PriceBreaks[1].Price', 13.51],
    ['DefaultPriceSchedule.SaleEnd', '2026-12-01T00:00:00Z'],
    ['DefaultPriceSchedule', null],
    ['PartyPriceSchedules', null],
    ['PartyPriceSchedules[0].PartyType', 1],
    ['PartyPriceSchedules[0].Seller', null],
    ['SellerDefaultPriceSchedules', []],
    ['Specs[0].DefaultOptionID', 'espresso'],
    ['Specs[0].Options[1].PriceMarkup', 0.6],
    ['Specs[0].Options[1].PriceMarkupType', 2],
    ['Specs[0].Options[0].xp', { icon: 'beans' }],
    ['xp.altitude.to', 2201],
    ['xp.altitude.to', '2200'],
    ['xp', null],
  ])('for %s: %j', (path, value) => {
    expect(hashOf(withValueAt(GUJI, path, value))).not.toBe(hashOf(GUJI));
  });

  it.each([
    ['text and number', { xp: 1 }, { xp: '1' }],
    ['null and the text null', { Name: null }, { Name: 'null' }],
    ['a list and an object', { xp: [] }, { xp: {} }],
    ['values that meet elsewhere', { Name: 'a', Description: 'b' }, { Name: 'ab', Description: '' }],
    ['neighbours in a list', { Catalogs: ['a', 'b'] }, { Catalogs: ['a,b'] }],
    ['quotes in a text', { Catalogs: ['a", "b'] }, { Catalogs: ['a', 'b'] }],
    ['neighbouring fields', { OwnerID: 'x' }, { Name: 'x' }],
    ['prices carried and not', { PartyPriceSchedules: [] }, {}],
    ['half pairs', { Name: '\ud83e' }, { Name: '\ud83d' }],
    ['a half pair and its replacement', { Name: '\ud83e' }, { Name: '\ufffd' }],
    ['a half pair and its escape', { Name: '\ud83e' }, { Name: '\\ud83e' }],
    ['a list’s nesting', { xp: [[1], 2] }, { xp: [[1, 2]] }],
    ['keys of an xp', { xp: { a: 1 } }, { xp: { b: 1 } }],
    ['keys deep inside an xp', { xp: [{ a: [{ b: null }] }] }, { xp: [{ a: [{ c: null }] }] }],
    ['keys of a spec’s xp', { Specs: [{ ID: 's', xp: { a: 1 } }] }, { Specs: [{ ID: 's', xp: { b: 1 } }] }],
    ['an object’s end', { xp: { a: { b: 1 }, c: 2 } }, { xp: { a: { b: 1, c: 2 } } }],
    ['an empty object’s end', { xp: { a: {}, c: 2 } }, { xp: { a: { c: 2 } } }],
    ['a key and a value', { xp: { a: 'b' } }, { xp: { ab: '' } }],
    ['a list’s length', { xp: [[], []] }, { xp: [[[]]] }],
    ['a number and a list of so many', { xp: [1, null] }, { xp: [[null], null] }],
    ['true and 1', { xp: true }, { xp: 1 }],
    ['keys and values', { xp: { a: 'b' } }, { xp: { 'a":"b': '' } }],
    ['null and absent inside xp', { xp: { a: null } }, { xp: {} }],
    ['composed and decomposed letters', { Name: 'Café' }, { Name: 'Cafe\u0301' }],
    ['doubles next to each other', { xp: 0.1 }, { xp: 0.10000000000000002 }],
  ])('between %s', (_, one, other) => {
    expect(hashOf(one)).not.toBe(hashOf(other));
  });

  it('for a __proto__ key of an xp', () => {
    const withProto = JSON.parse('{"xp":{"__proto__":{"a":1}}}');
    expect(hashOf(withProto)).not.toBe(hashOf({ xp: {} }));
    expect(hashOf(withProto)).not.toBe(hashOf(JSON.parse('{"xp":{"__proto__":{"a":2}}}')));
  });
});

it('is a short text, and null for a delete', () => {
  expect(hashOf(GUJI)).toMatch(/^\S{16,128}$/);
  const deleted = eventHubDelivery({
    type: 'sitecore.ordercloud.messages.product.deleted',
    payload: { ProductID: 'GUJI' },
  });
  expect(changeFrom(deleted).sync.contentHash).toBeNull();
});

/** As many objects inside each other as a payload may nest, which all end at once. */
const NESTED = JSON.parse(`${'{"a":'.repeat(60)}{}${'}'.repeat(60)}`);

describe('the hash', () => {
  it('is there at every length of a document, another each time, and equal whatever was hashed before', () => {
    const short = hashOf(GUJI);
    const hashes = new Set<string | null>();
    for (let length = 3_600; length <= 4_200; length += 1) {
      hashes.add(hashOf({ xp: [new Array(length).fill(null), NESTED] }));
    }
    expect(hashes.size).toBe(601);

    const long = Array.from({ length: 20_000 }, (_, index) => index);
    const first = hashOf({ xp: long });
    expect([hashOf(GUJI), hashOf({ xp: long })]).toEqual([short, first]);
    expect(hashOf({ xp: [...long.slice(0, -1), 0] })).not.toBe(first);
  });
});
