import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Offer, type OfferContext, offerFor, type StoredProduct } from '../../../src/offer/offer.ts';

type Question = {
  title: string;
  /** The sample whose stored document is asked about; null is a product that does not exist. */
  sample: string | null;
  parent: string | null;
  context: OfferContext;
  expected: Partial<Offer>;
};

const QUESTIONS = JSON.parse(readFileSync('samples/offers/questions.expected.json', 'utf8')) as Question[];

function documentOf(sample: string | null): StoredProduct | null {
  return sample && JSON.parse(readFileSync(`samples/${sample}.expected.json`, 'utf8')).document;
}

test.each(QUESTIONS)('$title', ({ sample, parent, context, expected }) => {
  const offer = offerFor(documentOf(sample), { ...context, parent: documentOf(parent) });
  const told = Object.keys(expected).map((property) => [property, offer[property as keyof Offer]]);
  expect(Object.fromEntries(told)).toEqual(expected);
});

test('there are at least 20 questions, each of which expects something', () => {
  expect(QUESTIONS.filter(({ expected }) => Object.keys(expected).length > 0).length).toBeGreaterThanOrEqual(
    20,
  );
});
