import { PRODUCT_UPDATED } from '../src/message/message-type.ts';

/** Deterministic numbers (mulberry32), so that every run of every machine measures the same messages. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const WORDS = 'washed natural honey anaerobic espresso filter decaf reserve estate micro lot blend'.split(
  ' ',
);

/** How a message's property names are spelt. */
export type Spelling = 'documented' | 'camelCase';

/**
 * A product message of about `bytes` bytes, spelt as documented: prices of many companies, specs with options,
 * categories and xp in the proportions of a product of a mid-sized catalog. The same `seed` gives the same message.
 * The least is some 2,000 bytes; under `LITTLE_BYTES` it is a product of few words and no specs.
 */
export function benchMessage(seed: number, bytes = 13_000, spelling: Spelling = 'documented'): Buffer {
  const random = randomFrom(seed);
  const message = {
    Headers: { type: PRODUCT_UPDATED, marketplace: 'roastery' },
    Payload: product(random, bytes),
  };
  const value = spelling === 'documented' ? message : { ...message, Payload: inCamelCase(message.Payload) };
  return Buffer.from(JSON.stringify(value));
}

/** With its specs and notes a product comes to this much before it has prices of companies. */
const LITTLE_BYTES = 5_000;

type Random = () => number;

const pick = <Item>(random: Random, items: readonly Item[]) =>
  items[Math.floor(random() * items.length)] as Item;
const words = (random: Random, count: number) =>
  Array.from({ length: count }, () => pick(random, WORDS)).join(' ');
const id = (random: Random, prefix: string) => `${prefix}-${Math.floor(random() * 2 ** 40).toString(36)}`;
const price = (random: Random) => Math.round(random() * 10_000) / 100;
const date = (random: Random) =>
  new Date(Date.UTC(2026, Math.floor(random() * 12), 1 + Math.floor(random() * 28)))
    .toISOString()
    .replace('Z', '0000Z');

function product(random: Random, bytes: number): Record<string, unknown> {
  const isLittle = bytes < LITTLE_BYTES;
  const specCount = isLittle ? 0 : 2;
  const base = {
    UserContext: { ID: id(random, 'user'), AnonymousID: null },
    ProductID: id(random, 'BEANS'),
    Marketplace: 'roastery',
    OwnerID: 'roastery',
    Name: words(random, 4),
    Description: words(random, isLittle ? 10 : 40),
    IsParent: false,
    ParentID: null,
    QuantityMultiplier: 1,
    ShipWeight: 0.5,
    ShipHeight: 20.5,
    ShipWidth: 8,
    ShipLength: 6,
    Active: true,
    AutoForward: false,
    SpecCount: specCount,
    VariantCount: 6,
    ShipFromAddressID: 'warehouse-1',
    DefaultSupplierID: null,
    AllSuppliersCanSell: false,
    Returnable: true,
    DefaultPriceScheduleID: 'retail',
    Inventory: {
      Enabled: true,
      NotificationPoint: 10,
      VariantLevelTracking: false,
      OrderCanExceed: false,
      QuantityAvailable: 55,
      LastUpdated: date(random),
    },
    DefaultPriceSchedule: schedule(random, 'retail'),
    Catalogs: ['shop', 'wholesale'],
    Suppliers: ['importer-1', 'importer-2'],
    Buyers: ['home', 'offices', 'cafes'],
    UserGroups: ['members'],
    Categories: Array.from({ length: 3 }, (_, index) => ({
      ID: id(random, 'cat'),
      Name: words(random, 2),
      Active: true,
      ListOrder: index,
    })),
    Specs: Array.from({ length: specCount }, (_, index) => spec(random, index)),
    xp: {
      ThumbnailImageUrl: 'https://example.com/beans.jpg',
      Facets: { roast: pick(random, WORDS), origin: words(random, 1) },
      Notes: Array.from({ length: isLittle ? 1 : 12 }, () => ({
        Text: words(random, 8),
        Score: price(random),
      })),
    },
  };
  const parties: unknown[] = [];
  const room = bytes - JSON.stringify(base).length - 300;
  let used = 0;
  while (used < room) {
    const party = {
      Seller: null,
      Party: id(random, 'company'),
      PartyType: 3,
      PriceSchedule: schedule(random, id(random, 'ps')),
    };
    parties.push(party);
    used += JSON.stringify(party).length + 1;
  }
  return {
    ...base,
    PartyPriceSchedules: parties,
    SellerDefaultPriceSchedules: [{ Seller: 'importer-1', PriceSchedule: schedule(random, 'importer') }],
  };
}

function schedule(random: Random, scheduleId: string) {
  const quantities = [1, 10, 50].slice(0, 1 + Math.floor(random() * 3));
  return {
    OwnerID: 'roastery',
    ID: scheduleId,
    Name: words(random, 3),
    ApplyTax: true,
    ApplyShipping: false,
    MinQuantity: 1,
    MaxQuantity: null,
    UseCumulativeQuantity: false,
    RestrictedQuantity: false,
    Currency: 'USD',
    SalesStart: '2026-11-20T00:00:00.0000000+00:00',
    SalesEnd: '2026-12-01T00:00:00.0000000+00:00',
    IsOnSale: true,
    PriceBreaks: quantities.map((Quantity) => ({
      Quantity,
      Price: price(random),
      SalePrice: price(random),
      SubscriptionPrice: null,
    })),
    xp: null,
  };
}

function spec(random: Random, listOrder: number) {
  const options = Array.from({ length: 3 }, (_, index) => ({
    ID: id(random, 'option'),
    Value: words(random, 1),
    ListOrder: index,
    IsOpenText: false,
    PriceMarkupType: 1,
    PriceMarkup: price(random),
    xp: null,
  }));
  return {
    ID: id(random, 'spec'),
    ListOrder: listOrder,
    Name: words(random, 1),
    DefaultValue: null,
    Required: true,
    AllowOpenText: false,
    DefaultOptionID: options[0]?.ID,
    DefinesVariant: true,
    OptionCount: options.length,
    Options: options,
    xp: null,
  };
}

/** The model's names as a JavaScript producer might write them; keys inside `xp` stay. */
function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = key.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/, (start) => start.toLowerCase());
      return [name, key === 'xp' ? inner : inCamelCase(inner)];
    }),
  );
}
