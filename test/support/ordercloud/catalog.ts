import type { Model } from './marketplace.ts';
import { type Call, created, Failure, find, merged, noContent, notFound, ok, type Routes } from './route.ts';

/** Products and price schedules: reading for the commands, writing so that a test changes what a shop owner would. */
export const catalogRoutes: Routes = {
  ProductReader: {
    'GET /products': (call) => ok(listPage(productsOfCatalog(call), call.query)),
    'GET /products/:id': ({ marketplace, id }) => ok(find(marketplace.products, 'Product', id)),
  },
  ProductAdmin: {
    'PUT /products/:id': (call) => {
      const answer = call.marketplace.products.has(call.id) ? ok : created;
      return answer(saveProduct(call, call.body));
    },
    'PATCH /products/:id': (call) => {
      const product = find(call.marketplace.products, 'Product', call.id);
      return ok(saveProduct(call, merged(product, call.body)));
    },
    'DELETE /products/:id': ({ marketplace: { products, catalogs }, outbox, id }) => {
      find(products, 'Product', id);
      products.delete(id);
      for (const assigned of catalogs.values()) assigned.delete(id);
      outbox.deleted(id);
      return noContent;
    },
  },
  PriceScheduleReader: {
    'GET /priceschedules': ({ marketplace, query }) =>
      ok(listPage([...marketplace.priceSchedules.values()], query)),
    'GET /priceschedules/:id': ({ marketplace, id }) =>
      ok(find(marketplace.priceSchedules, 'PriceSchedule', id)),
  },
};

function productsOfCatalog({ marketplace: { products, catalogs }, query }: Call): Model[] {
  const catalogId = query.get('catalogID');
  if (catalogId === null) return [...products.values()];
  const assigned = catalogs.get(catalogId);
  if (assigned === undefined) throw notFound('Catalog', catalogId);
  return [...products.values()].filter(({ ID }) => assigned.has(String(ID)));
}

function saveProduct({ marketplace, outbox, id }: Call, product: Model): Model {
  const saved = { Active: false, Name: id, ...product, ID: id };
  marketplace.products.set(id, saved);
  outbox.updated(id);
  return saved;
}

/** Query parameters that are no filters. */
const RESERVED = new Set(['page', 'pageSize', 'sortBy', 'catalogID']);

/**
 * What commands use of listing, and no other parameter:
 * https://doc.sitecore.com/ordercloud/en/developers/platform/advanced-querying.html
 */
function listPage(all: readonly Model[], query: URLSearchParams): object {
  const page = wholeNumber(query, 'page', { fallback: 1, max: 1000 });
  const pageSize = wholeNumber(query, 'pageSize', { fallback: 20, max: 100 });
  const sortBy = query.get('sortBy') ?? 'ID';
  const matching = all
    .filter((item) => passes(item, query))
    .sort((one, other) => compare(one[sortBy], String(other[sortBy] ?? '')));
  const start = (page - 1) * pageSize;
  const items = matching.slice(start, start + pageSize);
  return {
    Meta: {
      Page: page,
      PageSize: pageSize,
      TotalCount: matching.length,
      TotalPages: Math.ceil(matching.length / pageSize),
      ItemRange: [start + 1, start + items.length],
      NextPageKey: null,
    },
    Items: items,
  };
}

function wholeNumber(
  query: URLSearchParams,
  name: string,
  { fallback, max }: { fallback: number; max: number },
): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= max) return Number(text);
  const code = name === 'pageSize' ? 'List.InvalidPageSize' : 'List.InvalidType';
  throw new Failure(400, code, `${name} is not valid.`);
}

/** Several filters are all to be met; `|` is "or", `!` "not", `*` stands for anything. */
function passes(item: Model, query: URLSearchParams): boolean {
  return [...query].every(([name, filter]) => {
    if (RESERVED.has(name)) return true;
    if (!(name in item)) {
      const failure = new Failure(400, 'List.InvalidProperty', `${name} does not exist.`);
      throw failure.with({ PropertyName: name });
    }
    return filter.split('|').some((alternative) => meets(item[name], alternative));
  });
}

function meets(value: unknown, filter: string): boolean {
  if (filter.startsWith('!')) return !meets(value, filter.slice(1));
  if (filter.startsWith('>')) return compare(value, filter.slice(1)) > 0;
  const pattern = filter.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`, 'i').test(String(value ?? ''));
}

/** OrderCloud compares without case, and so do we: the listing must not depend on the language of the machine. */
function compare(value: unknown, other: string): number {
  const [a, b] = [String(value ?? '').toLowerCase(), other.toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}
