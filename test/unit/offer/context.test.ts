import { describe, expect, test } from 'vitest';
import {
  DOUBTS,
  type OfferContext,
  offerFor,
  REASONS,
  type StoredProduct,
} from '../../../src/offer/offer.ts';
import cases from './cases.json' with { type: 'json' };

const product = cases.cases[0]?.doc as unknown as StoredProduct;
const context: OfferContext = { at: '2026-06-15T12:00:00.000Z', buyerId: 'BUYER' };

describe('a wrong type is a TypeError that names the property', () => {
  test.each<[string, Record<string, unknown>]>([
    ['at', { at: null }],
    ['at', { at: 'yesterday' }],
    ['at', { at: '2026-02-31' }],
    ['at', { at: '2026-06-15T25:00:00Z' }],
    ['at', { at: Number.NaN }],
    ['at', { at: new Date('none') }],
    ['at', { at: [2026] }],
    ['buyerId', { buyerId: 7 }],
    ['userId', { userId: {} }],
    ['currency', { currency: true }],
    ['marketplace', { marketplace: 1 }],
    ['sellerId', { sellerId: [] }],
    ['catalogId', { catalogId: 1 }],
    ['categoryId', { categoryId: 1 }],
    ['userGroupIds', { userGroupIds: 'g' }],
    ['userGroupIds[1]', { userGroupIds: ['g', 1] }],
    ['quantity', { quantity: '2' }],
    ['otherQuantity', { otherQuantity: 0.5 }],
    ['otherQuantity', { otherQuantity: '1' }],
    ['orderKind', { orderKind: 'gift' }],
    ['specs', { specs: {} }],
    ['specs[0]', { specs: ['s'] }],
    ['specs[0].specId', { specs: [{ optionId: 'o' }] }],
    ['specs[0].optionId', { specs: [{ specId: 's', optionId: 1 }] }],
    ['specs[0].value', { specs: [{ specId: 's', value: 1 }] }],
    ['parent', { parent: 'PARENT' }],
  ])('%s: %j', (name, wrong) => {
    const ask = () => offerFor(product, { ...context, ...wrong } as OfferContext);
    expect(ask).toThrow(TypeError);
    expect(ask).toThrow(`${name} must be`);
  });

  test('no context at all', () => {
    expect(() => offerFor(product, null as unknown as OfferContext)).toThrow('context must be an object');
  });
});

test('null counts as absent', () => {
  const nulls = {
    buyerId: 'BUYER',
    userGroupIds: null,
    userId: null,
    quantity: null,
    otherQuantity: null,
    specs: null,
    orderKind: null,
    parent: null,
  };
  expect(offerFor(product, { at: context.at, ...nulls })).toEqual(offerFor(product, context));
});

test.each([
  ['without an offset, which means UTC', '2026-06-15T12:00:00'],
  ['without seconds', '2026-06-15T12:00Z'],
  ['with an offset', '2026-06-15T14:00:00+02:00'],
  ['with more than milliseconds', '2026-06-15T12:00:00.0009999Z'],
  ['as milliseconds', Date.UTC(2026, 5, 15, 12)],
  ['as a Date', new Date('2026-06-15T12:00:00Z')],
])('an instant %s', (_, at) => {
  const [schedule] = product.pricing?.schedules ?? [];
  const sale = {
    ...schedule,
    saleStart: '2026-06-15T12:00:00.000Z',
    saleEnd: '2026-06-15T12:00:00.001Z',
    breaks: [{ ...schedule?.breaks[0], salePrice: 1 }],
  };
  const onSale = { ...product, pricing: { ...product.pricing, schedules: [sale] } } as StoredProduct;
  expect(offerFor(onSale, { ...context, at }).basePrice).toBe(1);
});

test('an empty ID is nobody’s, in the document and in the context', () => {
  const party = { type: 'userGroup', id: '', sellerId: null, scheduleId: 'ps' } as const;
  const pricing = { ...product.pricing, defaultScheduleId: null, parties: [party] };
  const ofNobody = { ...product, pricing } as StoredProduct;
  expect(offerFor(ofNobody, { ...context, userGroupIds: [''] }).priceState).toBe('none');
});

test('every reason and doubt has a sentence for people', () => {
  for (const sentence of [...Object.values(REASONS), ...Object.values(DOUBTS)]) {
    expect(sentence).toMatch(/^[A-Z].*\.$/);
  }
});
