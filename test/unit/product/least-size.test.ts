import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProductUpdated } from '../../../src/message/product-updated.ts';
import { hasTooManyItems } from '../../../src/product/least-size.ts';
import { toProductContent } from '../../../src/product/product-content.ts';

const bytesOf = (product: ProductUpdated) =>
  Buffer.byteLength(JSON.stringify(toProductContent(product, null).content));

/** Nothing but an ID, or everything as short as it can be. */
const shape = fc.constantFrom('bare', 'shortest', 'inactive');
const ids = fc.array(fc.tuple(fc.constantFrom('', 'a', 'b', 'c', 'd', 'é'), shape), { maxLength: 8 });

const products = fc.record({ categories: ids, specs: ids }).map(
  ({ categories, specs }): ProductUpdated => ({
    ProductID: 'a',
    Categories: categories.map(([ID, form]) => ({
      ID,
      ...(form !== 'bare' && { Name: '', Active: form === 'shortest', ListOrder: 0 }),
    })),
    Specs: specs.map(([ID, form]) => ({
      ID,
      ...(form !== 'bare' && {
        Name: '',
        ListOrder: 0,
        Required: form === 'shortest',
        AllowOpenText: true,
        DefinesVariant: true,
        DefaultValue: '',
        DefaultOptionID: '',
        xp: 0,
      }),
    })),
  }),
);

describe('too many categories or specs', () => {
  it('are never found in a message whose document fits', () => {
    fc.assert(
      fc.property(products, (product) => {
        expect(hasTooManyItems(bytesOf(product), product)).toBe(false);
        // Without all that a document has beside them.
        for (const list of ['Categories', 'Specs'] as const) {
          const only: ProductUpdated = { ProductID: 'a', [list]: product[list] };
          const { categories, specs } = toProductContent(only, null).content;
          const items = list === 'Categories' ? categories : specs;
          expect(hasTooManyItems(JSON.stringify(items).length, only)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['Categories', 45],
    ['Specs', 130],
  ] as const)('are found where the %s alone cannot fit, each counted once', (list, leastBytes) => {
    const items = Array.from({ length: 1_000 }, (_, index) => ({ ID: String(index) }));
    const product: ProductUpdated = { ProductID: 'a', [list]: [...items, ...items] };
    expect(hasTooManyItems(1_000 * leastBytes, product)).toBe(true);
    expect(hasTooManyItems(bytesOf(product), product)).toBe(false);
    expect(hasTooManyItems(2 * leastBytes, { ProductID: 'a', [list]: Array(1_000).fill(items[0]) })).toBe(
      false,
    );
  });
});
