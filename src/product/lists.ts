import type { WarningCode } from './document.ts';
import type { Warn } from './warnings.ts';

/** A list as a message carries it. Null counts as absent, and so does undefined, which nobody needs to hear of. */
export type SentList<Item> = readonly (Item | null | undefined)[] | null | undefined;

/** An item of a list, and its place there. */
export type Entry<Item> = { item: Item; index: number };

/** Where a list stands in a message, and what to say of an item that comes twice. */
export type ListRules<Item> = {
  path: string;
  keyOf: (item: Item) => string | number;
  ifTwice: readonly [code: WarningCode, message: string];
};

const NULL_IN_LIST = 'Null in a list counts as absent.';

/** The items of a list, one for each key: the last. */
export function lastOfEach<Item>(
  items: SentList<Item>,
  { path, keyOf, ifTwice: [code, message] }: ListRules<Item>,
  warn: Warn,
): Entry<Item>[] {
  if (!items) return [];
  const byKey = new Map<string | number, Entry<Item>>();
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (item === null) warn('null-in-list', `${path}[${index}]`, NULL_IN_LIST);
    if (item === null || item === undefined) continue;
    const before = byKey.size;
    byKey.set(keyOf(item), { item, index });
    if (byKey.size === before) warn(code, `${path}[${index}]`, message);
  }
  return [...byKey.values()];
}

/** The texts of a list sorted by code unit, each once. An empty one is none. */
export function sortedUnique(items: SentList<string>, path: string, warn: Warn): string[] {
  const texts = new Set<string>();
  for (const [index, text] of (items ?? []).entries()) {
    if (text === null) warn('null-in-list', `${path}[${index}]`, NULL_IN_LIST);
    else if (text) texts.add(text);
  }
  return [...texts].sort();
}
