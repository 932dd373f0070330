import { describe, expect, it } from 'vitest';
import { MINIMAL } from './guji.ts';
import { issuesOf, productFrom } from './validation.ts';

/** One property, as JSON has it, in a payload that is else as small as can be. */
const payloadWith = (property: string, json: string): unknown =>
  JSON.parse(`{"ProductID":"GUJI-NATURAL-250","${property}":${json}}`);

describe('integers', () => {
  it.each([
    ['0', 0],
    ['6', 6],
    ['-6', -6],
    ['6.0', 6],
    ['6e2', 600],
    ['"6"', 6],
    ['"-6"', -6],
    ['"0"', 0],
    ['"6.0"', 6],
    ['"6e2"', 600],
    ['"6E+2"', 600],
    ['"600e-2"', 6],
    ['"0.5e1"', 5],
    ['"0.00e-5"', 0],
    ['"9007199254740991.0"', 9007199254740991],
    ['"0.009007199254740991e18"', 9007199254740991],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['"9007199254740991"', 9007199254740991],
    ['"-9007199254740991"', -9007199254740991],
  ])('%s is %d', (json, value) => {
    expect(productFrom(payloadWith('SpecCount', json)).SpecCount).toBe(value);
  });

  it.each([
    ['9007199254740992', 'the number 9007199254740992'],
    ['-9007199254740992', 'the number -9007199254740992'],
    ['"9007199254740992"', 'the string "9007199254740992"'],
    ['"9007199254740993"', 'the string "9007199254740993"'],
    ['"9007199254740991.4"', 'the string "9007199254740991.4"'],
    ['"90071992547409914e-1"', 'the string "90071992547409914e-1"'],
    ['"1e-400"', 'the string "1e-400"'],
    ['1e400', 'the number Infinity'],
    ['-1e400', 'the number -Infinity'],
    ['"1e400"', 'the string "1e400"'],
    ['6.5', 'the number 6.5'],
    ['"6.5"', 'the string "6.5"'],
    ['"Infinity"', 'the string "Infinity"'],
    ['"NaN"', 'the string "NaN"'],
  ])('%s is none', (json, found) => {
    expect(issuesOf(payloadWith('SpecCount', json))).toEqual([
      { path: 'SpecCount', expected: 'a whole number', found },
    ]);
  });
});

describe('decimals', () => {
  it.each([
    ['0.27', 0.27],
    ['-0.27', -0.27],
    ['1e-3', 0.001],
    ['"0.27"', 0.27],
    ['"-0.27"', -0.27],
    ['"2.7e-1"', 0.27],
    ['"27E-2"', 0.27],
    ['"0.10"', 0.1],
    ['0.1000000000000000055511151231257827', 0.1],
    ['"79228162514264337593543950335"', 7.922816251426434e28],
    ['1.7976931348623157e308', Number.MAX_VALUE],
  ])('%s is %d', (json, value) => {
    expect(productFrom(payloadWith('ShipWeight', json)).ShipWeight).toBe(value);
  });

  it.each([
    ['""', 'the string ""'],
    ['" 0.27"', 'the string " 0.27"'],
    ['"0.27 "', 'the string "0.27 "'],
    ['"0.27\\n"', 'the string "0.27\n"'],
    ['"+0.27"', 'the string "+0.27"'],
    ['".27"', 'the string ".27"'],
    ['"27."', 'the string "27."'],
    ['"00.27"', 'the string "00.27"'],
    ['"-"', 'the string "-"'],
    ['"1e"', 'the string "1e"'],
    ['"0x1b"', 'the string "0x1b"'],
    ['"0,27"', 'the string "0,27"'],
    ['"1_000"', 'the string "1_000"'],
    ['"1 000"', 'the string "1 000"'],
    ['"٢٧"', 'the string "٢٧"'],
    ['"1n"', 'the string "1n"'],
    ['"Infinity"', 'the string "Infinity"'],
    ['"-1e999"', 'the string "-1e999"'],
    ['1e999', 'the number Infinity'],
  ])('%s is none', (json, found) => {
    expect(issuesOf(payloadWith('ShipWeight', json))).toEqual([
      { path: 'ShipWeight', expected: 'a decimal number', found },
    ]);
  });
});

describe('booleans', () => {
  it.each([true, false])('%s', (value) => {
    expect(productFrom({ ...MINIMAL, Active: value }).Active).toBe(value);
  });

  it.each(['"true"', '"True"', '"false"', '0', '1', '"1"', '""', '[]', '{}'])('%s is none', (json) => {
    expect(issuesOf(payloadWith('Active', json))).toMatchObject([
      { path: 'Active', expected: 'true or false' },
    ]);
  });
});

const partyTypeOf = (json: string) =>
  productFrom(
    JSON.parse(`{"ProductID":"GUJI","PartyPriceSchedules":
      [{"Party":"cafe-uno","PartyType":${json},"PriceSchedule":{"ID":"ps"}}]}`),
  ).PartyPriceSchedules?.[0]?.PartyType;

const markupTypeOf = (json: string) =>
  productFrom(
    JSON.parse(
      `{"ProductID":"GUJI","Specs":[{"ID":"grind","Options":[{"ID":"o","PriceMarkupType":${json}}]}]}`,
    ),
  ).Specs?.[0]?.Options?.[0]?.PriceMarkupType;

describe('PartyType', () => {
  it.each([
    ['user', ['1', '"1"', '1.0', '"1.0"', '"10e-1"', '"User"', '"user"', '"USER"']],
    [
      'userGroup',
      ['2', '"2"', '"UserGroup"', '"usergroup"', '"USERGROUP"', '"userGroup"', '"Group"', '"gROUP"'],
    ],
    ['company', ['3', '"3"', '"Company"', '"company"', '"COMPANY"']],
  ])('%s', (name, spellings) => {
    expect(spellings.map(partyTypeOf)).toEqual(spellings.map(() => name));
  });

  it.each([
    ['0', 'the number 0'],
    ['4', 'the number 4'],
    ['-1', 'the number -1'],
    ['1.5', 'the number 1.5'],
    ['1e999', 'the number Infinity'],
    ['"0"', 'the string "0"'],
    ['"4"', 'the string "4"'],
    ['""', 'the string ""'],
    ['" User"', 'the string " User"'],
    ['"Buyer"', 'the string "Buyer"'],
    ['"User, Company"', 'the string "User, Company"'],
    ['"toString"', 'the string "toString"'],
    ['"__proto__"', 'the string "__proto__"'],
    ['"01"', 'the string "01"'],
    ['[1]', 'an array'],
  ])('%s is none', (json, found) => {
    const payload = JSON.parse(`{"ProductID":"GUJI","PartyPriceSchedules":
      [{"Party":"cafe-uno","PartyType":${json},"PriceSchedule":{"ID":"ps"}}]}`);
    expect(issuesOf(payload)).toEqual([
      {
        path: 'PartyPriceSchedules[0].PartyType',
        expected: 'one of 1 (User), 2 (UserGroup), 3 (Company)',
        found,
      },
    ]);
  });
});

describe('PriceMarkupType', () => {
  it.each([
    ['none', ['0', '-0', '"0"', '"NoMarkup"', '"nomarkup"', '"NOMARKUP"']],
    ['amountPerQuantity', ['1', '"1"', '"AmountPerQuantity"', '"amountperquantity"']],
    ['amountTotal', ['2', '"2"', '"AmountTotal"', '"AMOUNTTOTAL"']],
    ['percentage', ['3', '"3"', '"Percentage"', '"percentage"', '"3e0"']],
  ])('%s', (name, spellings) => {
    expect(spellings.map(markupTypeOf)).toEqual(spellings.map(() => name));
  });

  it.each(['4', '-1', '0.5', '"None"', '"4"', '""', 'true', '{}'])('%s is none', (json) => {
    const payload = JSON.parse(
      `{"ProductID":"GUJI","Specs":[{"ID":"grind","Options":[{"ID":"o","PriceMarkupType":${json}}]}]}`,
    );
    expect(issuesOf(payload)).toMatchObject([{ path: 'Specs[0].Options[0].PriceMarkupType' }]);
  });
});
