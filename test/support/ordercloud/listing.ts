import { Failure } from './failure.ts';
import type { Model } from './marketplace.ts';

/** Query parameters that are no filters. */
const RESERVED = new Set(['page', 'pageSize', 'sortBy', 'catalogID']);

/**
 * What commands use of listing, and no other parameter:
 * https://doc.sitecore.com/ordercloud/en/developers/platform/advanced-querying.html
 */
export function listPage(all: readonly Model[], query: URLSearchParams): object {
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
