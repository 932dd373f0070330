import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonLargerThan } from '../../../src/product/json-size.ts';

describe('the size of a value as JSON', () => {
  it('is that of JSON.stringify, in bytes of UTF-8', () => {
    const json = fc.jsonValue({ stringUnit: 'binary' });
    fc.assert(
      fc.property(json, (value) => {
        const bytes = Buffer.byteLength(JSON.stringify(value));
        expect(isJsonLargerThan(bytes, value)).toBe(false);
        expect(isJsonLargerThan(bytes - 1, value)).toBe(true);
      }),
    );
  });

  it.each([
    [{}],
    [[]],
    [[[], {}]],
    [{ a: [], b: {} }],
    ['"\\\u0001\u007fé\ud800'],
    [-0],
    [1e21],
    [[null, true, false]],
  ])('%j', (value) => {
    const bytes = Buffer.byteLength(JSON.stringify(value));
    expect([isJsonLargerThan(bytes, value), isJsonLargerThan(bytes - 1, value)]).toEqual([false, true]);
  });
});
