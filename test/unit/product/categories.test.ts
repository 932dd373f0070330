import { describe, expect, it } from 'vitest';
import { documentOf, warningsOf } from './document-of.ts';

describe('categories', () => {
  it('keep what is said of them, null for the rest', () => {
    const Categories = [
      { ID: 'brewers', Name: 'Brewers', Active: false, ListOrder: '3' },
      'glass',
      { ID: 'filter' },
    ];
    expect(documentOf({ Categories }).categories).toEqual([
      { id: 'brewers', name: 'Brewers', active: false, listOrder: 3 },
      { id: 'filter', name: null, active: null, listOrder: null },
      { id: 'glass', name: null, active: null, listOrder: null },
    ]);
  });

  it.each([
    [
      'by listOrder',
      [
        { ID: 'a', ListOrder: 10 },
        { ID: 'b', ListOrder: 9 },
        { ID: 'c', ListOrder: -1 },
      ],
      ['c', 'b', 'a'],
    ],
    ['null last', ['a', { ID: 'b', ListOrder: 0 }, { ID: 'c', ListOrder: 5 }], ['b', 'c', 'a']],
    [
      'then by id, by code unit',
      ['b', 'a', 'B', { ID: 'd', ListOrder: 1 }, { ID: 'c', ListOrder: 1 }],
      ['c', 'd', 'B', 'a', 'b'],
    ],
  ])('are sorted %s', (_, Categories, ids) => {
    expect(documentOf({ Categories }).categories.map(({ id }) => id)).toEqual(ids);
    expect(documentOf({ Categories }).categoryIds).toEqual(ids);
  });

  it('that are not inactive have their IDs listed: absent is not false', () => {
    const Categories = [
      { ID: 'on', Active: true },
      { ID: 'off', Active: false },
      { ID: 'null', Active: null },
      { ID: 'absent' },
      'by-id',
    ];
    const document = documentOf({ Categories });
    expect(document.categoryIds).toEqual(['absent', 'by-id', 'null', 'on']);
    expect(document.categories).toHaveLength(5);
  });

  it('that come again are warned of, and the last wins', () => {
    const Categories = [
      { ID: 'glass', Active: false },
      'brewers',
      'glass',
      { ID: 'brewers', Active: false },
      'glass',
    ];
    expect(documentOf({ Categories })).toMatchObject({
      categories: [
        { id: 'brewers', active: false },
        { id: 'glass', active: null },
      ],
      categoryIds: ['glass'],
    });
    expect(warningsOf({ Categories })).toEqual([
      ['duplicate-category', 'Categories[2]'],
      ['duplicate-category', 'Categories[3]'],
      ['duplicate-category', 'Categories[4]'],
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString', ' '])('may have the ID %j', (id) => {
    expect(documentOf({ Categories: [id, 'glass'] }).categoryIds).toEqual([id, 'glass'].sort());
    expect(warningsOf({ Categories: [id, 'glass'] })).toEqual([]);
  });
});
