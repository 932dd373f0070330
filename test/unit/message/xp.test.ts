import { describe, expect, it } from 'vitest';
import { issuesOf, productFrom } from './validation.ts';

const PRODUCT = '"ProductID":"GUJI"';

describe('xp', () => {
  it.each([
    ['an object', '{"Roast":{"Level":3,"level":"three"},"Tags":[1,"a",null,true,[]],"":""}'],
    ['a text', '"light roast"'],
    ['a number', '-0.5'],
    ['a boolean', 'false'],
    ['a list', '[{"a":1},2]'],
    ['the largest double', '{"a":1.7976931348623157e308,"b":5e-324}'],
    ['names of the model', '{"ProductID":7,"productid":"x","xp":{"XP":[]},"Specs":"none"}'],
    ['half a surrogate pair', '{"\\ud83e":"\\uded8"}'],
    ['keys that look like numbers', '{"2":"b","1":"a","01":"c"}'],
  ])('may be %s, and comes as sent', (_, xp) => {
    const product = productFrom(JSON.parse(`{${PRODUCT},"xp":${xp}}`));
    expect(product.xp).toEqual(JSON.parse(xp));
    expect(JSON.stringify(product.xp)).toBe(JSON.stringify(JSON.parse(xp)));
  });

  it.each([
    ['the product', 'xp', (xp: string) => `{${PRODUCT},"xp":${xp}}`],
    [
      'a schedule',
      'DefaultPriceSchedule.xp',
      (xp: string) => `{${PRODUCT},"DefaultPriceSchedule":{"ID":"ps","xp":${xp}}}`,
    ],
    ['a spec', 'Specs[0].xp', (xp: string) => `{${PRODUCT},"Specs":[{"ID":"s","xp":${xp}}]}`],
    [
      'an option',
      'Specs[0].Options[0].xp',
      (xp: string) => `{${PRODUCT},"Specs":[{"ID":"s","Options":[{"ID":"o","xp":${xp}}]}]}`,
    ],
  ])('of %s may not hold a number that is not finite', (_, path, payload) => {
    for (const [xp, found] of [
      ['1e999', 'the number Infinity'],
      ['-1e999', 'the number -Infinity'],
      ['{"altitude":1e999}', 'an object'],
      ['[0,[1,{"a":[-1e999]}]]', 'an array'],
      ['{"__proto__":{"a":1e999}}', 'an object'],
    ] as const) {
      const expected = 'any JSON with finite numbers and at most 99 levels of nesting';
      expect(issuesOf(JSON.parse(payload(xp)))).toEqual([{ path, expected, found }]);
    }
  });

  it('may hold "1e999" as text', () => {
    expect(issuesOf({ ProductID: 'GUJI', xp: { altitude: '1e999' } })).toEqual([]);
  });
});
