import { describe, expect, it } from 'vitest';
import { ProductDeleted } from '../../../src/message/product-updated.ts';
import { validate } from '../../../src/message/validate.ts';
import { productIdIn } from '../../../src/sync/prepare.ts';
import { GUJI } from './guji.ts';
import { issuesOfDeleted } from './validation.ts';

describe('product.deleted', () => {
  it.each([
    ['needs only ProductID', { ProductID: 'GUJI' }, { ProductID: 'GUJI' }],
    ['in any case', { productid: 'GUJI' }, { ProductID: 'GUJI' }],
    [
      'takes a Marketplace',
      { ProductID: 'GUJI', Marketplace: 'roastery' },
      { ProductID: 'GUJI', Marketplace: 'roastery' },
    ],
    [
      'takes a null Marketplace',
      { ProductID: 'GUJI', Marketplace: null },
      { ProductID: 'GUJI', Marketplace: null },
    ],
    [
      'drops everything else, checked or not',
      { ProductID: 'GUJI', Specs: 7, xp: Number.NaN },
      { ProductID: 'GUJI' },
    ],
    ['takes a whole product', GUJI, { ProductID: 'GUJI-NATURAL-250', Marketplace: 'roastery' }],
  ])('%s', (_, payload, product) => {
    expect(validate(ProductDeleted, payload)).toEqual({ ok: true, message: product });
  });

  it('names all that is wrong', () => {
    expect(issuesOfDeleted({ Marketplace: 7 })).toEqual([
      { path: 'ProductID', expected: expect.stringContaining('product ID'), found: 'nothing' },
      { path: 'Marketplace', expected: 'a string', found: 'the number 7' },
    ]);
  });

  it.each([
    ['null', null, 'null'],
    ['nothing', undefined, 'nothing'],
    ['a list', [], 'an array'],
    ['a text', 'GUJI', 'the string "GUJI"'],
  ])('is not %s', (_, payload, found) => {
    expect(issuesOfDeleted(payload)).toEqual([{ path: '', expected: 'an object with a ProductID', found }]);
  });
});

describe('the ProductID of a payload that is invalid elsewhere', () => {
  it.each([
    ['is found', { ProductID: 'GUJI', Name: 7 }, 'GUJI'],
    ['is found in any case', { productId: 'GUJI', Name: 7 }, 'GUJI'],
    ['is null when it is missing', { Name: 7 }, null],
    ['is null when it is invalid itself', { ProductID: 'GUJI/250' }, null],
    ['is null when it is a number', { ProductID: 250 }, null],
    ['is null in a list', [{ ProductID: 'GUJI' }], null],
    ['is null in null', null, null],
    ['is null in nothing', undefined, null],
    ['is null in a text', 'GUJI', null],
  ])('%s', (_, payload, productId) => {
    expect(productIdIn(payload)).toBe(productId);
  });
});
