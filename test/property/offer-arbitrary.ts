import fc from 'fast-check';
import type {
  OfferContext,
  SpecSelection,
  StoredPricing,
  StoredProduct,
  StoredSchedule,
  StoredSpec,
} from '../../src/offer/offer.ts';

/** Few enough that parties, sellers and selections hit often; in any case, as OrderCloud takes them. */
const id = fc.constantFrom('a', 'A', 'b', 'c', '');
const currency = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('USD', 'usd ') },
  { weight: 1, arbitrary: fc.constantFrom(null, '', 'EUR') },
);
const flag = fc.constantFrom(null, true, false);

/** Mostly nothing is asked: each thing that is asked can hide the product. */
const asked = fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: id });

/** Instants so close together that sales begin and end while somebody looks. */
const BEGINNING = Date.UTC(2026, 5, 15);
const millisecond = fc.integer({ min: 0, max: 6 }).map((ms) => BEGINNING + ms);
const instant = fc.option(
  millisecond.map((ms) => new Date(ms).toISOString()),
  { freq: 2 },
);

/** Amounts as prices are, and as no price is. */
const amount = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 20_000 }).map((tenths) => tenths / 1_000) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1e9, noNaN: true }) },
);
const price = fc.option(amount, { freq: 4 });
const markup = fc.oneof(
  amount,
  amount.map((each) => -each),
);

const breaks = fc
  .uniqueArray(
    fc.record({
      from: fc.integer({ min: 0, max: 9 }),
      to: fc.constant(null),
      price,
      salePrice: price,
      subscriptionPrice: price,
      bundlePrice: price,
    }),
    { selector: ({ from }) => from, maxLength: 4 },
  )
  .map((list) => list.sort((a, b) => a.from - b.from));

const schedule: fc.Arbitrary<StoredSchedule> = fc.record({
  id: fc.constantFrom('s1', 's2', 's3', 's4', 's5'),
  currency,
  useCumulativeQuantity: flag,
  restrictedQuantity: flag,
  minQuantity: fc.option(fc.integer({ min: 0, max: 9 })),
  maxQuantity: fc.option(fc.integer({ min: 0, max: 12 })),
  saleStart: instant,
  saleEnd: instant,
  breaks,
});

const scheduleId = fc.constantFrom('s1', 's2', 's3', 's4', 's5', 'gone');

const pricing: fc.Arbitrary<StoredPricing> = fc.record({
  defaultScheduleId: fc.option(scheduleId, { freq: 3 }),
  schedules: fc.uniqueArray(schedule, { selector: (each) => each.id, minLength: 4, maxLength: 5 }),
  parties: fc.array(
    fc.record(
      {
        type: fc.constantFrom('user', 'userGroup', 'company'),
        id,
        sellerId: fc.option(id),
        scheduleId,
        order: fc.integer({ min: 0, max: 2 }),
      },
      { requiredKeys: ['type', 'id', 'sellerId', 'scheduleId'] },
    ),
    { maxLength: 6 },
  ),
  sellers: fc.array(fc.record({ sellerId: id, scheduleId }), { maxLength: 2 }),
});

const spec: fc.Arbitrary<StoredSpec> = fc.record({
  id,
  required: flag,
  allowOpenText: flag,
  definesVariant: flag,
  defaultValue: fc.constantFrom(null, '', 'text'),
  defaultOptionId: fc.option(id),
  options: fc.array(
    fc.record({
      id,
      isOpenText: flag,
      priceMarkup: fc.record({
        type: fc.constantFrom('none', 'amountPerQuantity', 'amountTotal', 'percentage'),
        amount: markup,
      }),
    }),
    { maxLength: 3 },
  ),
});

const ids = fc.array(id, { maxLength: 3 });

/** A stored document; what the schema allows, the unlikely too. */
export const storedProduct: fc.Arbitrary<StoredProduct> = fc.record({
  id,
  marketplace: asked,
  ownerId: fc.option(id),
  // Mostly visible: of what is hidden there is not much to say.
  active: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: flag }),
  isParent: flag,
  parentId: asked,
  defaultSupplierId: fc.option(id),
  supplierIds: ids,
  buyerIds: fc.oneof({ weight: 4, arbitrary: fc.constant(['a', 'b', 'c']) }, { weight: 1, arbitrary: ids }),
  userGroupIds: ids,
  catalogIds: ids,
  categoryIds: ids,
  inventory: fc.option(
    fc.record({
      enabled: flag,
      quantityAvailable: fc.option(fc.integer({ min: -1, max: 9 })),
      variantLevelTracking: flag,
      orderCanExceed: flag,
    }),
  ),
  pricing: fc.option(pricing, { freq: 6 }),
  specs: fc.array(spec, { maxLength: 3 }),
});

const selection: fc.Arbitrary<SpecSelection> = fc.record(
  { specId: id, optionId: id, value: fc.constantFrom('', 'text') },
  { requiredKeys: ['specId'] },
);

const tombstone = fc.record({ id, deleted: fc.constant(true as const) });

/** Any context that a caller may give. */
export const offerContext: fc.Arbitrary<OfferContext> = fc.record(
  {
    at: millisecond,
    buyerId: fc.constantFrom('a', 'B', 'b', 'c', null),
    userGroupIds: ids,
    userId: fc.option(id),
    currency,
    marketplace: asked,
    sellerId: asked,
    catalogId: asked,
    categoryId: asked,
    quantity: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 12 }) },
      { weight: 1, arbitrary: fc.double() },
    ),
    otherQuantity: fc.integer({ min: 0, max: 5 }),
    specs: fc.array(selection, { maxLength: 3 }),
    orderKind: fc.constantFrom('standard', 'subscription', 'bundle'),
    parent: fc.oneof(storedProduct, tombstone, fc.constant(null)),
  },
  { requiredKeys: ['at'] },
);
