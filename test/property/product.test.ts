import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHashOf } from '../../src/product/content-hash.ts';
import { type ProductContent, ProductDocument, WARNING_CODES } from '../../src/product/document.ts';
import { type Change, toItem } from '../../src/sync/change.ts';
import { eventHubDelivery } from '../support/deliveries.ts';
import { changeFrom } from '../support/messages.ts';
import { placesOf, valueAt, withValueAt } from './places.ts';
import { productVariants } from './product-arbitrary.ts';

const ANY = productVariants({ duplicates: true });
const WITHOUT_DUPLICATES = productVariants({ duplicates: false });

const changeOf = (payload: unknown): Change => changeFrom(eventHubDelivery({ payload }));
const jsonOf = (payload: unknown): string => JSON.stringify(changeOf(payload).content);
const hashOf = (payload: unknown) => changeOf(payload).sync.contentHash;

/** `order` is the one thing in a document that tells the order of a list. */
function withoutOrder({ content }: Change): ProductContent {
  if (content === null) throw new Error('an update has content');
  const parties = content.pricing?.parties.map((party) => ({ ...party, order: 0 })) ?? [];
  return { ...content, pricing: content.pricing && { ...content.pricing, parties } };
}

describe('any valid message', () => {
  it('gives a document of the schema, with warnings of the schema', () => {
    fc.assert(
      fc.property(ANY, ({ spelt }) => {
        const item = toItem(changeOf(spelt), 14);
        expect(ProductDocument.strict().safeParse(JSON.parse(JSON.stringify(item))).error).toBeUndefined();
        expect(item.sync.warnings.length).toBeLessThanOrEqual(50);
        for (const { code } of item.sync.warnings) expect(WARNING_CODES).toContain(code);
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same every time', () => {
    fc.assert(
      fc.property(ANY, ({ spelt }) => {
        const [first, second] = [changeOf(spelt), changeOf(spelt)];
        expect(JSON.stringify(second)).toBe(JSON.stringify(first));
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same content, hash and warnings in whatever spelling and order of keys', () => {
    fc.assert(
      fc.property(ANY, ({ plain, spelt }) => {
        // As text, which tells the order of keys and an own __proto__.
        expect(JSON.stringify(changeOf(spelt))).toBe(JSON.stringify(changeOf(plain)));
      }),
      { numRuns: 200 },
    );
  });

  it('without duplicates gives the same content in whatever order of its lists', () => {
    fc.assert(
      fc.property(WITHOUT_DUPLICATES, ({ plain, shuffled }) => {
        const [one, other] = [withoutOrder(changeOf(plain)), withoutOrder(changeOf(shuffled))];
        expect(JSON.stringify(other)).toBe(JSON.stringify(one));
        expect(contentHashOf(other)).toBe(contentHashOf(one));
        const codes = (payload: unknown) =>
          changeOf(payload)
            .sync.warnings.map(({ code }) => code)
            .sort();
        expect(codes(shuffled)).toEqual(codes(plain));
        expect(codes(plain).filter((code) => code.startsWith('duplicate-'))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('gives warnings that point at a place of the payload', () => {
    fc.assert(
      fc.property(ANY, ({ plain }) => {
        const payload = JSON.parse(JSON.stringify(plain));
        for (const { path } of changeOf(payload).sync.warnings) {
          expect(valueAt(payload, path).value).not.toBeUndefined();
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('a document', () => {
  it('has lists in order, each item once', () => {
    fc.assert(
      fc.property(ANY, ({ plain }) => {
        const { content } = changeOf(plain);
        if (content === null) throw new Error('expected a product');
        const sortedIds = [
          content.supplierIds,
          content.buyerIds,
          content.userGroupIds,
          content.catalogIds,
          content.pricing?.schedules.map(({ id }) => id) ?? [],
          content.pricing?.sellers.map(({ sellerId }) => sellerId) ?? [],
        ];
        for (const ids of sortedIds) expect(ids).toEqual([...new Set(ids)].sort());
        for (const items of [
          content.categories,
          content.specs,
          ...content.specs.map(({ options }) => options),
        ]) {
          const keys = items.map(({ listOrder, id }) => ({
            order: listOrder ?? Number.POSITIVE_INFINITY,
            id,
          }));
          expect(keys).toEqual([...keys].sort((a, b) => compare(a.order, b.order) || compare(a.id, b.id)));
          expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('has breaks without gaps, and parties and sellers whose schedules are there', () => {
    fc.assert(
      fc.property(ANY, ({ plain }) => {
        const pricing = changeOf(plain).content?.pricing;
        if (!pricing) return;
        for (const { breaks, restrictedQuantity } of pricing.schedules) {
          for (const [index, { from, to }] of breaks.entries()) {
            const next = breaks[index + 1]?.from ?? null;
            if (next !== null) expect(next).toBeGreaterThan(from);
            expect(to).toBe(restrictedQuantity === true ? from : next === null ? null : next - 1);
          }
        }
        const ids = new Set(pricing.schedules.map(({ id }) => id));
        for (const { scheduleId } of [...pricing.parties, ...pricing.sellers])
          expect(ids).toContain(scheduleId);
        if (pricing.defaultScheduleId !== null) expect(ids).toContain(pricing.defaultScheduleId);
        else expect(pricing.display).toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  it('has the hash of another exactly when it is equal without sync', () => {
    fc.assert(
      fc.property(ANY, fc.nat(), ({ plain }, choice) => {
        const places = placesOf(plain).filter((path) => path !== 'ProductID');
        const path = places[choice % places.length];
        fc.pre(path !== undefined);
        // A neighbour: one property less, where it may be missing.
        const other = withValueAt(plain, path, null);
        fc.pre(isValid(other));
        expect(hashOf(other) === hashOf(plain)).toBe(jsonOf(other) === jsonOf(plain));
      }),
      { numRuns: 200 },
    );
  });

  it('has the hash of its xp, of any shape', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, false, 0, 1, -1, '', 'a', 'b', 'ab', '\ud83e', '\uded8'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'ab', '', '\ud83e', '\uded8'), tie('value'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 20, maxLength: 20 }), (xps) => {
        const payloads = xps.map((xp) => ({ ProductID: 'GUJI', xp }));
        expect(new Set(payloads.map(hashOf)).size).toBe(new Set(payloads.map(jsonOf)).size);
      }),
      { numRuns: 200 },
    );
  });
});

function isValid(payload: unknown): boolean {
  try {
    changeOf(payload);
    return true;
  } catch {
    return false;
  }
}

function compare<Value extends number | string>(a: Value, b: Value): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
