import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Issue } from '../../src/message/issue.ts';
import { type Prepared, prepare } from '../../src/sync/prepare.ts';
import { eventHubDelivery, httpDelivery, PRODUCT_DELETED, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { placesOf, valueAt, withValueAt } from './places.ts';
import { productVariants } from './product-arbitrary.ts';

const fromEventHub = (payload: unknown, type?: string) =>
  prepare(eventHubDelivery({ payload, ...(type !== undefined && { type }) }), null);

const issuesIn = (prepared: Prepared): Issue[] =>
  prepared.kind === 'rejected' ? prepared.rejection.issues : [];

/** Accepted, ignored, or rejected with a reason; a defect of ours is none. */
function expectSettled(prepared: Prepared): void {
  if (prepared.kind !== 'rejected') return;
  const { reason, issues } = prepared.rejection;
  expect(reason).not.toBe('unprocessable');
  expect(issues.length).toBeLessThanOrEqual(50);
  expect(issues.length > 0).toBe(reason === 'invalid-message');
  for (const { path, expected, found } of issues) {
    expect(expected).not.toBe('');
    expect(found).toMatch(
      /^(nothing|null|an array|an object|the (boolean|number) \S{1,40}|the string ".{0,40}…?")( with more)?$/s,
    );
    expect(path).toMatch(/^(|\w+(\[\d+\])*(\.\w+(\[\d+\])*)*)$/);
  }
}

const NAMES = [
  'ProductID',
  'Headers',
  'Payload',
  'type',
  'specversion',
  'data',
  'Marketplace',
  'Name',
  'Active',
  'Inventory',
  'LastUpdated',
  'DefaultPriceSchedule',
  'PartyPriceSchedules',
  'SellerDefaultPriceSchedules',
  'PriceSchedule',
  'PriceBreaks',
  'Price',
  'Quantity',
  'Party',
  'PartyType',
  'Seller',
  'Categories',
  'Catalogs',
  'Specs',
  'Options',
  'ID',
  'SaleStart',
  'xp',
  '__proto__',
  'constructor',
  'toString',
] as const;

/** JSON whose names are often the model's, and whose values are often nearly right. */
const nearlyProducts = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      'GUJI',
      1,
      '1',
      -1,
      0.5,
      true,
      'user',
      '2026-11-22T09:30Z',
      '1.0',
      '',
      PRODUCT_UPDATED,
    ),
    fc.jsonValue({ maxDepth: 1 }),
    tie('object'),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
  object: fc
    .array(
      fc.tuple(fc.oneof(fc.constantFrom(...NAMES), fc.mixedCase(fc.constantFrom(...NAMES))), tie('value')),
      {
        maxLength: 8,
      },
    )
    .map((entries) => Object.fromEntries(entries)),
}));

describe('any delivery is accepted, ignored, or rejected', () => {
  it('of any JSON', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom(PRODUCT_UPDATED, PRODUCT_DELETED, 'other'),
        (payload, type) => {
          expectSettled(fromEventHub(payload, type));
          expectSettled(prepare(httpDelivery(Buffer.from(JSON.stringify(payload))), null));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('of JSON that is nearly a product', () => {
    fc.assert(
      fc.property(
        nearlyProducts.object,
        fc.constantFrom(PRODUCT_UPDATED, PRODUCT_DELETED),
        (payload, type) => {
          const product = { ProductID: 'GUJI', ...payload };
          expectSettled(fromEventHub(product, type));
          expectSettled(prepare(httpDelivery(Buffer.from(JSON.stringify(payload))), null));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('of any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.dictionary(
          fc.constantFrom('type', 'TYPE', 'ce_type'),
          fc.oneof(fc.anything(), fc.constant(PRODUCT_UPDATED)),
        ),
        (body, properties) => {
          expectSettled(prepare(eventHubDelivery({ payload: null }, { body, properties }), null));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('of JSON cut off anywhere', () => {
    fc.assert(
      fc.property(productVariants({ duplicates: true }), fc.nat(), ({ spelt }, cut) => {
        const body = Buffer.from(JSON.stringify(spelt));
        const part = body.subarray(0, cut % body.length);
        expect(prepare(eventHubDelivery({ payload: null }, { body: part }), null)).toMatchObject({
          kind: 'rejected',
          rejection: { reason: 'invalid-json', issues: [] },
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('issues', () => {
  it('point at a place of the payload, or at one that is missing in its parent', () => {
    fc.assert(
      fc.property(nearlyProducts.object, (payload) => {
        // In documented names, so that the paths lead through the payload as it is.
        const product = JSON.parse(JSON.stringify(payload)) as unknown;
        if (hasOtherSpellings(product)) return;
        for (const { path, found } of issuesIn(fromEventHub({ Payload: product }))) {
          const { parent, value } = valueAt(product, path);
          expect(typeof parent).toBe('object');
          expect(kindOf(value)).toBe(/^(nothing|null|an? \w+|the \w+)/.exec(found)?.[0]);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('name the one place that is wrong, and nothing else', () => {
    fc.assert(
      fc.property(productVariants({ duplicates: true }), fc.nat(), ({ plain }, choice) => {
        const places = placesOf(plain);
        const path = places[choice % places.length] as string;
        // A list in a list is nothing that any place of the model may hold.
        const issues = issuesIn(fromEventHub(withValueAt(plain, path, [[]])));
        const isList = Array.isArray(valueAt(plain, path).value);
        expect(issues).toEqual([
          { path: isList ? `${path}[0]` : path, expected: expect.any(String), found: 'an array' },
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it('name every place that is wrong, up to 50', () => {
    fc.assert(
      fc.property(
        productVariants({ duplicates: true }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 80 }),
        ({ plain }, choices) => {
          const scalars = placesOf(plain).filter((path) => typeof valueAt(plain, path).value !== 'object');
          const wrong = new Set(choices.map((choice) => scalars[choice % scalars.length] as string));
          const payload = [...wrong].reduce((product, path) => withValueAt(product, path, {}), plain);
          const paths = issuesIn(fromEventHub(payload)).map(({ path }) => path);
          expect(paths).toHaveLength(Math.min(50, wrong.size));
          expect(new Set(paths).size).toBe(paths.length);
          for (const path of paths) expect(wrong).toContain(path);
        },
      ),
      { numRuns: 300 },
    );
  });
});

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `the ${typeof value}`;
}

function hasOtherSpellings(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const isOther = (key: string) =>
    !(NAMES as readonly string[]).includes(key) &&
    NAMES.some((name) => name.toLowerCase() === key.toLowerCase());
  return Object.entries(value).some(([key, inner]) => isOther(key) || hasOtherSpellings(inner));
}
