import { describe, expect, it } from 'vitest';
import { ProductUpdated } from '../../../src/message/product-updated.ts';
import { toProductContent } from '../../../src/product/product-content.ts';
import { prepare } from '../../../src/sync/prepare.ts';
import { envelope, httpDelivery } from '../../support/deliveries.ts';
import { GUJI } from '../message/guji.ts';
import { changeOf, documentOf } from './document-of.ts';

describe('a document', () => {
  it('holds all that a message says', () => {
    expect(documentOf(GUJI)).toEqual({
      id: 'GUJI-NATURAL-250',
      schemaVersion: 2,
      marketplace: 'roastery',
      ownerId: 'roastery',
      name: 'Guji Natural, 250 g',
      description: 'Blueberry, jasmine, cane sugar.',
      active: true,
      isParent: true,
      parentId: 'GUJI',
      quantityMultiplier: 6,
      returnable: false,
      autoForward: false,
      shipping: { weight: 0.27, height: 19.5, width: 9, length: 6.25, fromAddressId: 'hamburg' },
      defaultSupplierId: 'green-bean-import',
      allSuppliersCanSell: false,
      supplierIds: ['green-bean-import'],
      buyerIds: ['cafe-uno'],
      userGroupIds: ['subscribers'],
      catalogIds: ['coffee'],
      categories: [{ id: 'single-origin', name: 'Single origin', active: true, listOrder: 2 }],
      categoryIds: ['single-origin'],
      inventory: {
        enabled: true,
        quantityAvailable: 55,
        notificationPoint: 10,
        variantLevelTracking: false,
        orderCanExceed: true,
        lastUpdated: '2026-11-20T08:15:30.250Z',
      },
      variantCount: 3,
      specCount: 1,
      pricing: {
        defaultScheduleId: 'ps-retail',
        display: {
          currency: 'EUR',
          price: 14.9,
          salePrice: 12.5,
          saleStart: '2026-11-27T00:00:00.000Z',
          saleEnd: '2026-11-30T23:59:59.000Z',
        },
        schedules: [
          {
            id: 'ps-importer',
            name: null,
            ownerId: null,
            currency: null,
            applyTax: null,
            applyShipping: null,
            useCumulativeQuantity: null,
            restrictedQuantity: null,
            minQuantity: null,
            maxQuantity: null,
            saleStart: null,
            saleEnd: null,
            breaks: [
              { from: 1, to: null, price: 11, salePrice: null, subscriptionPrice: null, bundlePrice: null },
            ],
            xp: null,
          },
          {
            id: 'ps-retail',
            name: 'Retail',
            ownerId: 'roastery',
            currency: 'EUR',
            applyTax: true,
            applyShipping: false,
            useCumulativeQuantity: false,
            restrictedQuantity: false,
            minQuantity: 1,
            maxQuantity: 24,
            saleStart: '2026-11-27T00:00:00.000Z',
            saleEnd: '2026-11-30T23:59:59.000Z',
            breaks: [
              { from: 1, to: 5, price: 14.9, salePrice: 12.5, subscriptionPrice: 13.4, bundlePrice: 13.9 },
              { from: 6, to: null, price: 13.5, salePrice: 11.5, subscriptionPrice: 12.4, bundlePrice: 12.9 },
            ],
            xp: { channel: 'shop' },
          },
          {
            id: 'ps-wholesale',
            name: null,
            ownerId: null,
            currency: null,
            applyTax: null,
            applyShipping: null,
            useCumulativeQuantity: null,
            restrictedQuantity: null,
            minQuantity: null,
            maxQuantity: null,
            saleStart: null,
            saleEnd: null,
            breaks: [
              { from: 12, to: null, price: 9.8, salePrice: null, subscriptionPrice: null, bundlePrice: null },
            ],
            xp: { terms: 'net 30' },
          },
        ],
        parties: [
          {
            type: 'company',
            id: 'cafe-uno',
            sellerId: 'green-bean-import',
            scheduleId: 'ps-wholesale',
            order: 0,
          },
        ],
        sellers: [{ sellerId: 'green-bean-import', scheduleId: 'ps-importer' }],
      },
      specs: [
        {
          id: 'grind',
          name: 'Grind',
          listOrder: 1,
          required: true,
          allowOpenText: false,
          definesVariant: true,
          defaultValue: 'whole beans',
          defaultOptionId: 'whole',
          options: [
            {
              id: 'whole',
              value: 'Whole beans',
              listOrder: 1,
              isOpenText: false,
              isDefault: true,
              priceMarkup: { type: 'none', amount: 0 },
              xp: { icon: 'bean' },
            },
            {
              id: 'espresso',
              value: 'Espresso',
              listOrder: 2,
              isOpenText: false,
              isDefault: false,
              priceMarkup: { type: 'amountPerQuantity', amount: 0.5 },
              xp: { icon: 'cup' },
            },
          ],
          xp: { widget: 'radio' },
        },
      ],
      xp: { ThumbnailImageUrl: 'https://cdn.example/guji.jpg', altitude: { from: 1900, to: 2200 } },
    });
    expect(changeOf(GUJI).sync.warnings).toEqual([]);
  });

  it('of the least message has null for every scalar, and [] for every list', () => {
    expect(documentOf({})).toEqual({
      id: 'CHEMEX-6',
      schemaVersion: 2,
      marketplace: null,
      ownerId: null,
      name: null,
      description: null,
      active: null,
      isParent: null,
      parentId: null,
      quantityMultiplier: null,
      returnable: null,
      autoForward: null,
      shipping: { weight: null, height: null, width: null, length: null, fromAddressId: null },
      defaultSupplierId: null,
      allSuppliersCanSell: null,
      supplierIds: [],
      buyerIds: [],
      userGroupIds: [],
      catalogIds: [],
      categories: [],
      categoryIds: [],
      inventory: null,
      variantCount: null,
      specCount: null,
      pricing: null,
      specs: [],
      xp: null,
    });
    expect(changeOf({}).sync.warnings).toEqual([]);
  });

  it.each([
    [
      'false',
      { Active: false, IsParent: false, Returnable: false },
      { active: false, isParent: false, returnable: false },
    ],
    [
      '0',
      { QuantityMultiplier: 0, VariantCount: 0, ShipWeight: 0 },
      { quantityMultiplier: 0, variantCount: 0 },
    ],
    ['an empty text', { Name: '', Description: '' }, { name: '', description: '' }],
  ])('keeps %s apart from null', (_, product, content) => {
    expect(documentOf(product)).toMatchObject(content);
  });

  it('does not store IsOnSale and UserContext', () => {
    const text = JSON.stringify(documentOf(GUJI));
    expect(text).not.toMatch(/onsale|usercontext|back-office|5f0c1a/i);
  });

  it('names its keys in one order, whatever the order of the message', () => {
    const reversed = Object.fromEntries(Object.entries(GUJI).reverse());
    expect(JSON.stringify(documentOf(reversed))).toBe(JSON.stringify(documentOf(GUJI)));
  });
});

describe('inventory', () => {
  const NONE = {
    enabled: null,
    quantityAvailable: null,
    notificationPoint: null,
    variantLevelTracking: null,
    orderCanExceed: null,
    lastUpdated: null,
  };

  it.each([
    ['absent', {}, null],
    ['null', { Inventory: null }, null],
    ['empty', { Inventory: {} }, NONE],
    ['negative', { Inventory: { QuantityAvailable: -3 } }, { ...NONE, quantityAvailable: -3 }],
    ['of .NET’s minimum date', { Inventory: { LastUpdated: '0001-01-01T00:00:00' } }, NONE],
    [
      'sold out',
      { Inventory: { Enabled: false, QuantityAvailable: 0 } },
      { ...NONE, enabled: false, quantityAvailable: 0 },
    ],
  ])('%s', (_, product, inventory) => {
    expect(documentOf(product).inventory).toEqual(inventory);
  });
});

describe('lists of IDs', () => {
  it.each([
    ['Suppliers', 'supplierIds'],
    ['Buyers', 'buyerIds'],
    ['UserGroups', 'userGroupIds'],
    ['Catalogs', 'catalogIds'],
  ] as const)('%s are sorted by code unit, each once', (list, key) => {
    const ids = ['b', 'a', 'B', 'a', 'ä', '10', '9', '', '\uffee', '🫘', 'b'];
    expect(documentOf({ [list]: ids })[key]).toEqual(['10', '9', 'B', 'a', 'b', 'ä', '🫘', '\uffee']);
    expect(documentOf({ [list]: null })[key]).toEqual([]);
  });
});

describe('the marketplace', () => {
  it.each([
    ['the payload’s first', 'payload', 'envelope', 'payload', 'payload'],
    ['the payload’s, with none configured', 'payload', 'envelope', null, 'payload'],
    ['else the envelope’s', null, 'envelope', 'envelope', 'envelope'],
    ['the envelope’s, with none configured', null, 'envelope', null, 'envelope'],
    ['else the configured one', null, null, 'configured', 'configured'],
    ['else none', null, null, null, null],
  ])('is %s', (_, inPayload, inEnvelope, configured, expected) => {
    const body = envelope({ ProductID: 'CHEMEX-6', Marketplace: inPayload }, undefined, {
      marketplace: inEnvelope,
    });
    const prepared = prepare(httpDelivery(body), configured);
    expect(prepared).toMatchObject({ kind: 'change', change: { content: { marketplace: expected } } });
  });

  it('of the payload wins over any other that normalizing is told', () => {
    const product = ProductUpdated.parse({ ProductID: 'CHEMEX-6', Marketplace: 'payload' });
    expect(toProductContent(product, { marketplace: 'envelope' }).content.marketplace).toBe('payload');
  });
});

describe('xp', () => {
  it('is passed on by reference, everywhere', () => {
    const xps = [{ a: 1 }, { b: 1 }, { c: 1 }, { d: 1 }];
    const product = ProductUpdated.parse({
      ProductID: 'CHEMEX-6',
      xp: xps[0],
      DefaultPriceSchedule: { ID: 'ps', xp: xps[1] },
      Specs: [{ ID: 'size', xp: xps[2], Options: [{ ID: '6', xp: xps[3] }] }],
    });
    const { content } = toProductContent(product, { marketplace: null });
    expect(content.xp).toBe(xps[0]);
    expect(content.pricing?.schedules[0]?.xp).toBe(xps[1]);
    expect(content.specs[0]?.xp).toBe(xps[2]);
    expect(content.specs[0]?.options[0]?.xp).toBe(xps[3]);
  });

  it.each([
    ['false', false],
    ['0', 0],
    ['an empty text', ''],
    ['a list', [1]],
    ['null', null],
  ])('may be %s', (_, xp) => {
    expect(documentOf({ xp }).xp).toEqual(xp);
  });
});

it('a message is never changed by being normalized', () => {
  const product = ProductUpdated.parse({
    ...GUJI,
    Catalogs: ['tea', 'coffee', 'tea'],
    Categories: ['b', { ID: 'a', ListOrder: 1 }, 'b'],
    PartyPriceSchedules: [...GUJI.PartyPriceSchedules, ...GUJI.PartyPriceSchedules],
  });
  const before = structuredClone(product);
  toProductContent(deepFrozen(product), { marketplace: 'roastery' });
  expect(product).toEqual(before);
});

/** Writing to a frozen object throws in a module. */
function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}
