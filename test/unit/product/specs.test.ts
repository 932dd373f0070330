import { describe, expect, it } from 'vitest';
import { documentOf, warningsOf } from './document-of.ts';

const optionsOf = (options: object[], spec: object = {}) =>
  documentOf({ Specs: [{ ID: 'size', ...spec, Options: options }] }).specs[0]?.options;

describe('specs', () => {
  it('are null and [] where nothing is said', () => {
    expect(documentOf({ Specs: [{ ID: 'size' }] }).specs).toEqual([
      {
        id: 'size',
        name: null,
        listOrder: null,
        required: null,
        allowOpenText: null,
        definesVariant: null,
        defaultValue: null,
        defaultOptionId: null,
        options: [],
        xp: null,
      },
    ]);
    expect(documentOf({ Specs: null }).specs).toEqual([]);
  });

  it.each([
    [
      'by listOrder, as numbers',
      [
        { ID: 'a', ListOrder: 10 },
        { ID: 'b', ListOrder: 9 },
        { ID: 'c', ListOrder: -1 },
      ],
      ['c', 'b', 'a'],
    ],
    [
      'null last',
      [{ ID: 'a' }, { ID: 'b', ListOrder: 0 }, { ID: 'c', ListOrder: 9007199254740991 }],
      ['b', 'c', 'a'],
    ],
    [
      'then by id',
      [{ ID: 'b' }, { ID: 'a' }, { ID: 'B' }, { ID: 'd', ListOrder: 1 }, { ID: 'c', ListOrder: 1 }],
      ['c', 'd', 'B', 'a', 'b'],
    ],
  ])('and options are sorted %s', (_, items, ids) => {
    expect(documentOf({ Specs: items }).specs.map(({ id }) => id)).toEqual(ids);
    expect(optionsOf(items)?.map(({ id }) => id)).toEqual(ids);
  });

  it('that come again are warned of, and the last wins', () => {
    const product = {
      SpecCount: 2,
      Specs: [
        { ID: 'size', Name: 'Old', Options: [{ ID: 'x' }, { ID: 'x' }], OptionCount: 9 },
        { ID: 'glass' },
        { ID: 'size', Name: 'New' },
      ],
    };
    expect(documentOf(product).specs.map(({ id, name }) => [id, name])).toEqual([
      ['glass', null],
      ['size', 'New'],
    ]);
    expect(warningsOf(product)).toEqual([['duplicate-spec', 'Specs[2]']]);
  });
});

describe('options', () => {
  it('are null where nothing is said, with no markup', () => {
    expect(optionsOf([{ ID: '6-cups' }])).toEqual([
      {
        id: '6-cups',
        value: null,
        listOrder: null,
        isOpenText: null,
        isDefault: false,
        priceMarkup: { type: 'none', amount: 0 },
        xp: null,
      },
    ]);
  });

  it.each([
    [{}, 'none', 0],
    [{ PriceMarkupType: null, PriceMarkup: null }, 'none', 0],
    [{ PriceMarkup: 2.5 }, 'none', 2.5],
    [{ PriceMarkupType: 0, PriceMarkup: 0 }, 'none', 0],
    [{ PriceMarkupType: 1, PriceMarkup: '2.5' }, 'amountPerQuantity', 2.5],
    [{ PriceMarkupType: '2', PriceMarkup: -2.5 }, 'amountTotal', -2.5],
    [{ PriceMarkupType: 'PERCENTAGE', PriceMarkup: 10 }, 'percentage', 10],
    [{ PriceMarkupType: 3 }, 'percentage', 0],
  ])('of markup %j', (markup, type, amount) => {
    expect(optionsOf([{ ID: '6-cups', ...markup }])?.[0]?.priceMarkup).toEqual({ type, amount });
  });

  it.each([
    ['one of them', { DefaultOptionID: 'b' }, [false, true], []],
    ['none', {}, [false, false], []],
    ['null', { DefaultOptionID: null }, [false, false], []],
    [
      'one that is missing',
      { DefaultOptionID: 'c' },
      [false, false],
      [['default-option-missing', 'Specs[0].DefaultOptionID']],
    ],
    [
      'one in another case',
      { DefaultOptionID: 'B' },
      [false, false],
      [['default-option-missing', 'Specs[0].DefaultOptionID']],
    ],
  ])('with a default of %s', (_, spec, isDefault, warnings) => {
    const options = [{ ID: 'a' }, { ID: 'b' }];
    expect(optionsOf(options, spec)?.map((option) => option.isDefault)).toEqual(isDefault);
    expect(warningsOf({ Specs: [{ ID: 'size', ...spec, Options: options }] })).toEqual(warnings);
    expect(documentOf({ Specs: [{ ID: 'size', ...spec }] }).specs[0]?.defaultOptionId).toBe(
      'DefaultOptionID' in spec ? spec.DefaultOptionID : null,
    );
  });

  it('that come again are warned of, and the last wins', () => {
    const spec = {
      ID: 'size',
      OptionCount: 2,
      Options: [{ ID: 'a', Value: 'old' }, { ID: 'b' }, { ID: 'a', Value: 'new' }],
    };
    expect(documentOf({ Specs: [spec] }).specs[0]?.options.map(({ id, value }) => [id, value])).toEqual([
      ['a', 'new'],
      ['b', null],
    ]);
    expect(warningsOf({ Specs: [{ ID: 'glass' }, spec] })).toEqual([
      ['duplicate-option', 'Specs[1].Options[2]'],
    ]);
  });

  it('of two specs may have the same ID', () => {
    const Specs = [
      { ID: 'size', Options: [{ ID: 'a' }] },
      { ID: 'glass', Options: [{ ID: 'a' }] },
    ];
    expect(warningsOf({ Specs })).toEqual([]);
  });
});

describe('counts', () => {
  const two = [{ ID: 'a' }, { ID: 'b' }];
  it.each([
    ['right', 2, []],
    ['right, as text', '2', []],
    ['absent', undefined, []],
    ['null', null, []],
    ['too low', 1, ['mismatch']],
    ['too high', 3, ['mismatch']],
    ['zero', 0, ['mismatch']],
    ['negative', -2, ['mismatch']],
  ])('%s', (_, count, mismatch) => {
    expect(warningsOf({ SpecCount: count, Specs: two })).toEqual(
      mismatch.map(() => ['spec-count-mismatch', 'SpecCount']),
    );
    const spec = { ID: 's', OptionCount: count, Options: two };
    expect(warningsOf({ Specs: [{ ID: 'r' }, spec] })).toEqual(
      mismatch.map(() => ['option-count-mismatch', 'Specs[1].OptionCount']),
    );
  });

  it('are stored as sent, whatever was carried', () => {
    expect(documentOf({ SpecCount: 7, VariantCount: '12', Specs: two })).toMatchObject({
      specCount: 7,
      variantCount: 12,
    });
  });
});
