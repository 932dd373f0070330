import { expect, test } from 'vitest';
import { type Offer, type OfferContext, offerFor, type StoredProduct } from '../../../src/offer/offer.ts';
import cases from './cases.json' with { type: 'json' };

// Each case names its rule and its source; `note` in the file says how to read it.
type Case = {
  id: string;
  title: string;
  doc: unknown;
  ctx: unknown;
  expect?: Partial<Offer>;
  throws?: string;
};

const CASES = cases.cases as Case[];

test('there are 119 cases, each under an ID of its own', () => {
  expect(new Set(CASES.map(({ id }) => id)).size).toBe(119);
});

test.each(CASES)('$id $title', ({ doc, ctx, expect: expected, throws }) => {
  const offer = () => offerFor(doc as StoredProduct | null, ctx as OfferContext);
  if (throws !== undefined) {
    expect(offer).toThrow(TypeError);
    expect(offer).toThrow(throws);
    return;
  }
  const { unitPrice, ...others } = expected as Partial<Offer>;
  const answer = offer();
  for (const [property, value] of Object.entries(others)) {
    expect({ [property]: answer[property as keyof Offer] }).toEqual({ [property]: value });
  }
  if (typeof unitPrice === 'number')
    expect(Math.abs((answer.unitPrice ?? NaN) - unitPrice)).toBeLessThanOrEqual(0.005);
  else if (unitPrice === null) expect(answer.unitPrice).toBeNull();
});
