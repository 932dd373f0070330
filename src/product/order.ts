/** Orders strings by UTF-16 code unit, as Cosmos DB and `Array.prototype.sort` do; null comes first. */
export function byCodeUnit(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}

/** Orders by `listOrder` (null last), then by `id`. */
export function byListOrder(
  a: { listOrder: number | null; id: string },
  b: { listOrder: number | null; id: string },
): number {
  if (a.listOrder === b.listOrder) return byCodeUnit(a.id, b.id);
  if (a.listOrder === null) return 1;
  if (b.listOrder === null) return -1;
  return a.listOrder - b.listOrder;
}

/** A place in a message's list. */
export type Place = { list: string; index: number };

/** An item of a message's list, with the place it stood in. */
export type Placed<Item> = Place & { item: Item };

/** The path of a place, relative to the payload. Computed only when it is reported: most never are. */
export function pathOf({ list, index }: Place): string {
  return `${list}[${index}]`;
}

/** How the items of one list are told apart, and what is odd about it. `list` is its path. */
export type ListRules<Item> = {
  list: string;
  keyOf: (item: Item) => string | number;
  onDuplicate: (place: Place) => void;
  onNull: (place: Place) => void;
};

/** A list as a message carries it. Null counts as absent, and so does undefined, which nobody needs to hear of. */
export type SentList<Item> = readonly (Item | null | undefined)[] | null | undefined;

/** The items of a list, each key once: the last wins. */
export function lastOfEach<Item>(items: SentList<Item>, rules: ListRules<Item>): Placed<Item>[] {
  const { list, keyOf, onDuplicate, onNull } = rules;
  if (!items) return [];
  const places = new Map<string | number, number>();
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (item === null) onNull({ list, index });
    if (item === null || item === undefined) continue;
    const distinct = places.size;
    places.set(keyOf(item), index);
    if (places.size === distinct) onDuplicate({ list, index });
  }
  return Array.from(places.values(), (index) => ({ item: items[index] as Item, list, index }));
}

/** The texts of a list sorted by code unit, each once. An empty one is none. */
export function sortedUnique(
  items: SentList<string>,
  { list, onNull }: Pick<ListRules<string>, 'list' | 'onNull'>,
): string[] {
  const texts = lastOfEach(items, { list, keyOf: (text) => text, onDuplicate: () => {}, onNull });
  return texts
    .map(({ item }) => item)
    .filter((text) => text !== '')
    .sort();
}
