import fc from 'fast-check';

/**
 * Valid `product.updated` payloads for property tests. Each comes three times: `plain`, in documented names and JSON
 * types; `spelt`, the same in any of the spellings that are tolerated; and `shuffled`, `plain` with every list of the
 * model in another order.
 */
export type Variants<Value> = { plain: Value; spelt: Value; shuffled: Value };

type Field = fc.Arbitrary<Variants<unknown>>;
type Model = fc.Arbitrary<Variants<Record<string, unknown>>>;

const same = (value: unknown): Variants<unknown> => ({ plain: value, spelt: value, shuffled: value });

/** A scalar with the other spellings that mean the same. */
function spelling<Value>(values: fc.Arbitrary<Value>, others: (value: Value) => readonly unknown[]): Field {
  return fc.tuple(values, fc.nat()).map(([value, choice]) => {
    const spellings = [value, ...others(value)];
    return { plain: value, spelt: spellings[choice % spellings.length], shuffled: value };
  });
}

const numeric = (value: number) => [String(value), value.toExponential()];

const words = fc.constantFrom(
  'Guji',
  'Yirgacheffe',
  'Café Crème',
  'AeroPress',
  '',
  '__proto__',
  'toString',
  '☕',
  '\ud83e',
);
const text: Field = fc.oneof(words, fc.string({ unit: 'binary', maxLength: 8 })).map(same);
const flag: Field = fc.boolean().map(same);
const integer = spelling(fc.oneof(fc.integer({ min: -9, max: 99 }), fc.maxSafeInteger()), numeric);
const quantity = spelling(fc.oneof(fc.nat({ max: 12 }), fc.maxSafeNat()), numeric);
const decimal = spelling(fc.double({ noNaN: true, noDefaultInfinity: true }), numeric);
const amount = spelling(fc.double({ min: 0, max: 1e6, noNaN: true }), numeric);

const instants = fc.date({
  min: new Date('0002-01-02T00:00:00.000Z'),
  max: new Date('9999-12-30T00:00:00.000Z'),
  noInvalidDate: true,
});
const instant = spelling(
  instants.map((date) => date.toISOString()),
  (utc) => {
    const local = (hours: number) => new Date(Date.parse(utc) + hours * 3_600_000).toISOString().slice(0, -1);
    return [
      utc.slice(0, -1),
      `${local(2)}+02:00`,
      `${local(-11)}-11:00`,
      `${local(5)}+05`,
      `${local(-9)}-0900`,
      utc.toLowerCase(),
      `${local(0)}9999Z`,
      `${local(0)}0000001+00:00`,
      ...(utc.endsWith('.000Z') ? [utc.replace('.000Z', 'Z'), utc.slice(0, -5)] : []),
      ...(utc.endsWith(':00.000Z') ? [utc.replace(':00.000Z', 'Z'), utc.replace(':00.000Z', '')] : []),
    ];
  },
);

/** An enum by number; its names come in any case. */
const enumeration = (members: Readonly<Record<number, readonly string[]>>) =>
  spelling(fc.constantFrom(...Object.keys(members).map(Number)), (number) => [
    ...numeric(number),
    ...(members[number] ?? []).flatMap((name) => [name, name.toLowerCase(), name.toUpperCase()]),
  ]);

const partyType = enumeration({ 1: ['User'], 2: ['UserGroup', 'Group'], 3: ['Company'] });
const priceMarkupType = enumeration({
  0: ['NoMarkup'],
  1: ['AmountPerQuantity'],
  2: ['AmountTotal'],
  3: ['Percentage'],
});

/** Any JSON with finite numbers, also with keys that look like the model's or like those of Object.prototype. */
const xp: Field = fc
  .oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(
      fc.constantFrom('ProductID', 'productid', 'xp', 'Roast', 'constructor'),
      fc.jsonValue({ maxDepth: 1 }),
    ),
    fc
      .jsonValue({ maxDepth: 1 })
      .map((value) => JSON.parse(`{"__proto__":${JSON.stringify(value)}}`) as unknown),
  )
  // As it arrives: from JSON, where -0 and a null prototype are none.
  .map((value) => same(JSON.parse(JSON.stringify(value))));

/** What a list may hold twice: nothing (`keyOf` tells what is the same), or anything. */
type ListOptions = { duplicates: boolean; keyOf?: (item: unknown) => unknown; maxLength?: number };

function list(items: Field, { duplicates, keyOf = (item) => item, maxLength = 4 }: ListOptions): Field {
  const several = duplicates
    ? fc.array(items, { maxLength })
    : fc.uniqueArray(items, { maxLength, selector: ({ plain }) => JSON.stringify(keyOf(plain)) });
  return fc.tuple(several, fc.nat()).map(([variants, seed]) => ({
    plain: variants.map(({ plain }) => plain),
    spelt: variants.map(({ spelt }) => spelt),
    shuffled: mixed(variants, seed).map(({ shuffled }) => shuffled),
  }));
}

/** A name in any case, as the bits of `mask` say. */
const inCase = (name: string, mask: number) =>
  [...name].map((char, at) => ((mask >> (at % 31)) & 1 ? char.toUpperCase() : char.toLowerCase())).join('');

const spellingsOf = (name: string) =>
  fc.oneof(
    fc.constant(name),
    fc.nat().map((mask) => inCase(name, mask)),
  );

/** Another order of `items` for each `seed`. */
function mixed<Item>(items: readonly Item[], seed: number): Item[] {
  const rank = (index: number) => Math.imul(index + 1, seed | 1) >>> 0;
  return [...items.keys()].sort((a, b) => rank(a) - rank(b)).map((index) => items[index] as Item);
}

/** An object of the model: any of its optional fields, absent or null; spelt with unknown properties between them. */
function model(required: Record<string, Field>, optional: Record<string, Field> = {}): Model {
  const fields = Object.entries({ ...required, ...optional }).map(([name, field]) => {
    const value = name in required ? field : fc.option(field, { nil: same(null), freq: 3 });
    return fc.record({
      name: fc.constant(name),
      spelt: spellingsOf(name),
      value: name in required ? value : fc.option(value, { nil: null, freq: 3 }),
    });
  });
  const unknown = fc.constantFrom<[string, unknown][]>(
    [],
    [['Roast', { Level: 3 }]],
    [
      ['__PROTO__', [1]],
      ['ID2', null],
    ],
  );
  return fc.tuple(fc.tuple(...fields), fc.nat(), unknown).map(([properties, seed, extra]) => {
    const sent = properties.flatMap(({ name, spelt, value }) =>
      value === null ? [] : [{ name, spelt, value }],
    );
    return {
      plain: Object.fromEntries(sent.map(({ name, value }) => [name, value.plain])),
      spelt: Object.fromEntries([
        ...extra,
        ...mixed(
          sent.map(({ spelt, value }) => [spelt, value.spelt]),
          seed,
        ),
      ]),
      shuffled: Object.fromEntries(sent.map(({ name, value }) => [name, value.shuffled])),
    };
  });
}

/** Few enough that duplicates are frequent where they are allowed. */
const id: Field = fc.constantFrom('a', 'b', 'A', ' ', 'ps', 'ps#2', '__proto__', '☕').map(same);
const productId: Field = fc
  .constantFrom('AEROPRESS-GO', 'GUJI 250', 'Café-☕', '__proto__', 'x'.repeat(255))
  .map(same);

const propertyOf = (name: string) => (item: unknown) => (item as Record<string, unknown>)[name] ?? null;

/** Valid payloads, with or without duplicates in the lists whose items have a key. */
export function productVariants({ duplicates }: { duplicates: boolean }): Model {
  const listOf = (items: Field, keyOf: (item: unknown) => unknown) => list(items, { duplicates, keyOf });
  const ids = list(id, { duplicates: true });

  const priceBreak = model(
    {},
    { Quantity: quantity, Price: amount, SalePrice: amount, SubscriptionPrice: amount, BundlePrice: amount },
  );
  const priceSchedule = model(
    { ID: id },
    {
      OwnerID: text,
      Name: text,
      ApplyTax: flag,
      ApplyShipping: flag,
      MinQuantity: quantity,
      MaxQuantity: quantity,
      UseCumulativeQuantity: flag,
      RestrictedQuantity: flag,
      Currency: text,
      SaleStart: instant,
      SaleEnd: instant,
      SalesStart: instant,
      SalesEnd: instant,
      IsOnSale: flag,
      PriceBreaks: listOf(priceBreak, (item) => propertyOf('Quantity')(item) ?? 1),
      xp,
    },
  );
  const party = model({ Party: id, PartyType: partyType, PriceSchedule: priceSchedule }, { Seller: id });
  const seller = model({ Seller: id, PriceSchedule: priceSchedule });
  const category = fc.oneof(
    model({ ID: id }, { Name: text, Active: flag, ListOrder: integer }) as Field,
    // Just an ID: as plain the object that it means.
    id.map(({ plain }) => ({ plain: { ID: plain }, spelt: plain, shuffled: plain })),
  );
  const option = model(
    { ID: id },
    {
      Value: text,
      ListOrder: integer,
      IsOpenText: flag,
      PriceMarkupType: priceMarkupType,
      PriceMarkup: decimal,
      xp,
    },
  );
  const spec = model(
    { ID: id },
    {
      ListOrder: integer,
      Name: text,
      DefaultValue: text,
      Required: flag,
      AllowOpenText: flag,
      DefaultOptionID: id,
      DefinesVariant: flag,
      OptionCount: integer,
      Options: listOf(option, propertyOf('ID')),
      xp,
    },
  );
  const inventory = model(
    {},
    {
      Enabled: flag,
      NotificationPoint: integer,
      VariantLevelTracking: flag,
      OrderCanExceed: flag,
      QuantityAvailable: integer,
      LastUpdated: instant,
    },
  );
  return model(
    { ProductID: productId },
    {
      UserContext: model({}, { ID: text, AnonymousID: text }),
      Marketplace: text,
      OwnerID: text,
      Name: text,
      Description: text,
      IsParent: flag,
      ParentID: text,
      QuantityMultiplier: integer,
      ShipWeight: decimal,
      ShipHeight: decimal,
      ShipWidth: decimal,
      ShipLength: decimal,
      Active: flag,
      AutoForward: flag,
      SpecCount: integer,
      VariantCount: integer,
      ShipFromAddressID: text,
      DefaultSupplierID: text,
      AllSuppliersCanSell: flag,
      Returnable: flag,
      DefaultPriceScheduleID: id,
      Inventory: inventory,
      DefaultPriceSchedule: priceSchedule,
      PartyPriceSchedules: listOf(party, (item) =>
        ['PartyType', 'Party', 'Seller'].map((name) => propertyOf(name)(item)),
      ),
      SellerDefaultPriceSchedules: listOf(seller, propertyOf('Seller')),
      Catalogs: ids,
      Suppliers: ids,
      Buyers: ids,
      UserGroups: ids,
      Categories: listOf(category, propertyOf('ID')),
      Specs: listOf(spec, propertyOf('ID')),
      xp,
    },
  );
}
