import { Failure } from './failure.ts';

type Item = Readonly<Record<string, unknown>>;

/** Query parameters that are no filters. */
const RESERVED = new Set([
  'page',
  'pageSize',
  'sortBy',
  'search',
  'searchOn',
  'searchType',
  'catalogID',
  'categoryID',
  'supplierID',
]);

/** https://doc.sitecore.com/ordercloud/en/developers/platform/advanced-querying.html */
export function listPage(all: Iterable<Item>, query: URLSearchParams): object {
  const page = wholeNumber(query, 'page', 1, 1000);
  const pageSize = wholeNumber(query, 'pageSize', 20, 100);
  const matching = [...all].filter((item) => isFound(item, query.get('search')) && passes(item, query));
  matching.sort(order(query.get('sortBy') ?? 'ID'));
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

function wholeNumber(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > max) {
    throw new Failure(
      400,
      name === 'pageSize' ? 'List.InvalidPageSize' : 'List.InvalidType',
      `${name} is not valid.`,
    );
  }
  return Number(text);
}

function isFound(item: Item, search: string | null): boolean {
  if (search === null) return true;
  return ['ID', 'Name', 'Description'].some((name) =>
    String(item[name] ?? '')
      .toLowerCase()
      .includes(search.toLowerCase()),
  );
}

/** Several filters are all to be met; `|` is "or", `!` "not", `*` stands for anything. */
function passes(item: Item, query: URLSearchParams): boolean {
  return [...query].every(([name, filter]) => {
    if (RESERVED.has(name)) return true;
    const value = name.split('.').reduce<unknown>((at, key) => (at as Item | undefined)?.[key], item);
    if (value === undefined && !name.startsWith('xp.') && !(name in item)) {
      throw new Failure(400, 'List.InvalidProperty', `${name} does not exist.`, { PropertyName: name });
    }
    return filter.split('|').some((alternative) => meets(value, alternative));
  });
}

function meets(value: unknown, filter: string): boolean {
  if (filter.startsWith('!')) return !meets(value, filter.slice(1));
  if (filter.startsWith('>')) return compare(value, filter.slice(1)) > 0;
  if (filter.startsWith('<')) return compare(value, filter.slice(1)) < 0;
  if (filter === '*') return value !== undefined && value !== null;
  const pattern = filter.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`, 'i').test(String(value ?? ''));
}

function order(sortBy: string): (one: Item, other: Item) => number {
  const fields = sortBy.split(',').map((field) => field.trim());
  return (one, other) => {
    for (const field of fields) {
      const name = field.replace(/^!/, '');
      const difference = compare(one[name], String(other[name] ?? ''));
      if (difference !== 0) return field.startsWith('!') ? -difference : difference;
    }
    return 0;
  };
}

/** OrderCloud compares without case, and so do we: the listing must not depend on the language of the machine. */
function compare(value: unknown, other: string): number {
  const [a, b] = [String(value ?? '').toLowerCase(), other.toLowerCase()];
  if (typeof value === 'number') return value - Number(other);
  return a < b ? -1 : a > b ? 1 : 0;
}
