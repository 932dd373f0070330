import { describe, expect, it } from 'vitest';
import { describeFound } from '../../../src/message/issue.ts';
import { MINIMAL } from './guji.ts';
import { issuesOf, issuesOfDeleted, productFrom } from './validation.ts';

const nestedList = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const nestedObject = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
const withXp = (xp: string): unknown => JSON.parse(`{"ProductID":"GUJI","xp":${xp}}`);

const tooDeep = (found: string) => [
  { path: 'xp', expected: 'any JSON with finite numbers and at most 99 levels of nesting', found },
];

describe('an xp', () => {
  it.each([
    ['lists', nestedList, 'an array'],
    ['objects', nestedObject, 'an object'],
  ])('may nest 99 levels of %s, itself the first, and no more', (_, nested, found) => {
    expect(issuesOf(withXp(nested(99)))).toEqual([]);
    expect(issuesOf(withXp(nested(100)))).toEqual(tooDeep(found));
    expect(issuesOf(withXp(nested(100_000)))).toEqual(tooDeep(found));
  });

  it('may hold scalars on level 100, which are no level of nesting', () => {
    const innermost = '{"a":null,"b":"c","d":1}';
    expect(issuesOf(withXp(`${'['.repeat(98)}${innermost}${']'.repeat(98)}`))).toEqual([]);
    expect(issuesOf(withXp(`${'['.repeat(99)}${innermost}${']'.repeat(99)}`))).toEqual(tooDeep('an array'));
  });

  it('is measured where it is deepest', () => {
    expect(issuesOf(withXp(`[1,[],{"a":[]},${nestedList(99)},2]`))).toEqual(tooDeep('an array'));
  });
});

describe('what nests 100,000 levels deep', () => {
  it.each([
    ['lists', nestedList],
    ['objects', nestedObject],
  ])('of %s is dropped in unknown properties, and refused elsewhere', (_, nested) => {
    const deep: unknown = JSON.parse(nested(100_000));
    expect(productFrom({ ...MINIMAL, Roast: deep, Specs: [{ ID: 'grind', Roast: deep }] })).toEqual({
      ...MINIMAL,
      Specs: [{ ID: 'grind' }],
    });
    expect(issuesOfDeleted({ ProductID: 'GUJI', Roast: deep })).toEqual([]);
    for (const name of ['ProductID', 'Name', 'Active', 'Catalogs', 'Specs', 'Inventory']) {
      expect(issuesOf({ ...MINIMAL, [name]: [deep] })).toHaveLength(1);
    }
  });
});

describe('issues', () => {
  it('are none for nulls beside what is wrong', () => {
    const nulls = { Description: null, Inventory: null, Specs: null, xp: null, DefaultPriceSchedule: null };
    expect(issuesOf({ ...MINIMAL, ...nulls, Name: 7 })).toEqual([
      { path: 'Name', expected: 'a string', found: 'the number 7' },
    ]);
  });

  it('come all at once, in the order of the model', () => {
    expect(issuesOf({ xp: Number.NaN, Specs: [{}, { ID: 'ok' }, { ID: 7 }], Name: 7 })).toEqual([
      { path: 'ProductID', expected: expect.stringContaining('product ID'), found: 'nothing' },
      { path: 'Name', expected: 'a string', found: 'the number 7' },
      { path: 'Specs[0].ID', expected: 'a string that is not empty', found: 'nothing' },
      { path: 'Specs[2].ID', expected: 'a string that is not empty', found: 'the number 7' },
      { ...tooDeep('the number NaN')[0] },
    ]);
  });

  it.each([
    [49, 49],
    [50, 50],
    [51, 50],
    [5_000, 50],
  ])('of %d wrong items are %d', (wrong, reported) => {
    const issues = issuesOf({ ...MINIMAL, Catalogs: Array.from({ length: wrong }, () => 7) });
    expect(issues).toHaveLength(reported);
    expect(issues.at(-1)?.path).toBe(`Catalogs[${reported - 1}]`);
  });

  it('are 50 however many models they lie in', () => {
    const priceBreak = { Quantity: -1, Price: -1, SalePrice: -1 };
    const schedule = { ID: 7, PriceBreaks: [priceBreak, priceBreak, priceBreak] };
    const issues = issuesOf({
      ...MINIMAL,
      PartyPriceSchedules: Array.from({ length: 20 }, () => ({ Party: 7, PriceSchedule: schedule })),
    });
    expect(issues).toHaveLength(50);
    expect(issues.slice(0, 3)).toMatchObject([
      { path: 'PartyPriceSchedules[0].Party' },
      { path: 'PartyPriceSchedules[0].PartyType' },
      { path: 'PartyPriceSchedules[0].PriceSchedule.ID' },
    ]);
    expect(new Set(issues.map(({ path }) => path))).toHaveProperty('size', 50);
  });

  it.each([
    ['Catalogs', 7, 1_000_000],
    ['Specs', { ID: 7 }, 100_000],
    ['Categories', 7, 100_000],
  ])('of wrong %s cost one look for names behind the fiftieth', (list, wrong, length) => {
    let looks = 0;
    const items = new Proxy<unknown[]>(new Array(length).fill(wrong), {
      get(target, key) {
        if (typeof key === 'string' && Number(key) >= 50) looks += 1;
        return Reflect.get(target, key);
      },
    });
    expect(issuesOf({ ...MINIMAL, [list]: items })).toHaveLength(50);
    expect(looks).toBeLessThanOrEqual(length - 50);
  });
});

describe('what was found', () => {
  it.each([
    ['nothing', undefined, 'nothing'],
    ['null', null, 'null'],
    ['a list', [1], 'an array'],
    ['an object', { a: 1 }, 'an object'],
    ['a boolean', false, 'the boolean false'],
    ['a number', -0.5, 'the number -0.5'],
    ['an empty text', '', 'the string ""'],
    ['40 characters', 'g'.repeat(40), `the string "${'g'.repeat(40)}"`],
    ['41 characters', `${'g'.repeat(40)}h`, `the string "${'g'.repeat(40)}…"`],
    ['a million characters', 'g'.repeat(1_000_000), `the string "${'g'.repeat(40)}…"`],
    ['a pair that the cut would halve', `${'g'.repeat(39)}🫘`, `the string "${'g'.repeat(39)}\ufffd…"`],
    ['half a pair', '\ud83e', 'the string "\ufffd"'],
  ])('%s', (_, value, found) => {
    expect(describeFound(value)).toBe(found);
  });

  it('never tells what is inside a list or an object', () => {
    expect(JSON.stringify(issuesOf({ ...MINIMAL, Name: { secret: 'blend' }, Catalogs: 'x' }))).not.toContain(
      'blend',
    );
  });
});

describe('keys of Object.prototype', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'])(
    '%s is an unknown property of a payload',
    (key) => {
      const payload = JSON.parse(`{"ProductID":"GUJI","${key}":{"Name":"polluted","ID":"polluted"},
        "Specs":[{"ID":"grind","${key}":{"Name":"polluted"}}]}`);
      expect(productFrom(payload)).toEqual({ ProductID: 'GUJI', Specs: [{ ID: 'grind' }] });
    },
  );

  it('a ProductID that only a __proto__ key holds is missing', () => {
    expect(issuesOf(JSON.parse('{"__proto__":{"ProductID":"GUJI"}}'))).toMatchObject([
      { path: 'ProductID', found: 'nothing' },
    ]);
  });

  it('are dropped along with another spelling, and nothing is polluted', () => {
    const payload = JSON.parse(
      '{"productid":"GUJI","__PROTO__":1,"__proto__":{"Name":"polluted"},"constructor":{}}',
    );
    const product = productFrom(payload);
    expect(product).toEqual({ ProductID: 'GUJI' });
    expect(product.Name).toBeUndefined();
    expect(Object.hasOwn(Object.prototype, 'Name')).toBe(false);
  });

  it('in an xp are kept as own keys', () => {
    const xp = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"x":1}},"toString":null}';
    const product = productFrom(JSON.parse(`{"productid":"GUJI","xp":${xp}}`));
    expect(JSON.stringify(product.xp)).toBe(xp);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

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
