import type { WarningCode } from './document.ts';
import { type Path, pathText, type Warn } from './warnings.ts';

/** A list as a message carries it. Null counts as absent, and so does undefined, which nobody needs to hear of. */
export type SentList<Item> = readonly (Item | null | undefined)[] | null | undefined;

/** What a list of a message is, and what to say of an item that comes twice. */
export type ListRules<Item> = {
  path: Path;
  keyOf: (item: Item) => string | number;
  ifTwice: readonly [code: WarningCode, message: string];
};

const NULL_IN_LIST = 'Null in a list counts as absent.';

/** The items of a list, one for each key: the last. */
export function lastOfEach<Item>(items: SentList<Item>, rules: ListRules<Item>, warn: Warn): Item[] {
  if (!items) return [];
  const { path, keyOf, ifTwice } = rules;
  const pathAt = (index: number) => () => `${pathText(path)}[${index}]`;
  const byKey = new Map<string | number, Item>();
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (item === null) warn('null-in-list', pathAt(index), NULL_IN_LIST);
    if (item === null || item === undefined) continue;
    const before = byKey.size;
    byKey.set(keyOf(item), item);
    if (byKey.size === before) warn(ifTwice[0], pathAt(index), ifTwice[1]);
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
