import type { WarningCode } from './document.ts';
import type { Warn } from './warnings.ts';

/** A list as a message carries it. Null counts as absent, and so does undefined, which nobody needs to hear of. */
export type SentList<Item> = readonly (Item | null | undefined)[] | null | undefined;

/** An item of a list, and its place there. */
export type Entry<Item> = { item: Item; index: number };

/** What tells the items of a list apart, and what to say of one that comes twice. */
export type ListRules<Item> = {
  keyOf: (item: Item) => string | number;
  ifTwice: readonly [code: WarningCode, message: string];
};

/** The rules of a list of models that have an ID. */
export function byId(code: WarningCode, model: string): ListRules<{ ID: string }> {
  return { keyOf: ({ ID }) => ID, ifTwice: [code, `The same ${model} again; the last is kept.`] };
}

const NULL_IN_LIST = 'Null in a list counts as absent.';

/** Most lists are short. Comparing so few keys is faster than making a map of them. */
const FEW = 4;

/** The items of the list at `path`, one for each key: the last. */
export function lastOfEach<Item>(
  { items, path }: { items: SentList<Item>; path: string },
  { keyOf, ifTwice: [code, message] }: ListRules<Item>,
  warn: Warn,
): Entry<Item>[] {
  const kept: Entry<Item>[] = [];
  if (!items) return kept;
  const byKey = items.length > FEW ? new Map<string | number, Entry<Item>>() : null;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (item === null) warn('null-in-list', `${path}[${index}]`, NULL_IN_LIST);
    if (item === null || item === undefined) continue;
    const key = keyOf(item);
    const before = byKey ? byKey.get(key) : kept.find((entry) => keyOf(entry.item) === key);
    if (before === undefined) {
      const entry = { item, index };
      kept.push(entry);
      byKey?.set(key, entry);
    } else {
      warn(code, `${path}[${index}]`, message);
      Object.assign(before, { item, index });
    }
  }
  return kept;
}

/** The texts of a list sorted by code unit, each once. An empty one is none. */
export function sortedUnique(items: SentList<string>, path: string, warn: Warn): string[] {
  const texts = new Set<string>();
  for (const [index, text] of (items ?? []).entries()) {
    if (text === null) warn('null-in-list', `${path}[${index}]`, NULL_IN_LIST);
    else if (text) texts.add(text);
  }
  return sorted([...texts], byCodeUnit);
}

/**
 * Sorts a list in place. Most come in order already: finding that out takes no memory, of which the engine's `sort`
 * takes as much as the document itself.
 */
export function sorted<Item>(items: Item[], compare: (a: Item, b: Item) => number): Item[] {
  const isInOrder = items.every((item, index) => index === 0 || compare(items[index - 1] as Item, item) <= 0);
  return isInOrder ? items : items.sort(compare);
}

/** Orders strings by UTF-16 code unit, as Cosmos DB and `Array.prototype.sort` do; null comes first. */
export function byCodeUnit(a: string | null, b: string | null): number {
  if (a === b) return 0;
  return a === null || (b !== null && a < b) ? -1 : 1;
}

/** Orders by `listOrder` (null last), then by `id`. */
export function byListOrder(
  a: { listOrder: number | null; id: string },
  b: { listOrder: number | null; id: string },
): number {
  // Two that are infinite differ by NaN, which counts as equal.
  return (a.listOrder ?? Infinity) - (b.listOrder ?? Infinity) || byCodeUnit(a.id, b.id);
}
