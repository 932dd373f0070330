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

/** Strings sorted by code unit, each once. */
export function sortedUnique(values: readonly string[] | null | undefined): string[] {
  return [...new Set(values)].sort();
}

/** A place in a message's list. */
export type Place = { list: string; index: number };

/** An item of a message's list, with the place it stood in. */
export type Placed<Item> = Place & { item: Item };

/** The path of a place, relative to the payload. Computed only when it is reported: most never are. */
export function pathOf({ list, index }: Place): string {
  return `${list}[${index}]`;
}

/**
 * The items of a list, each key once. If a key comes again, the last wins, and `onDuplicate` gets its place. `list` is
 * the path of the list.
 */
export function lastOfEach<Item>(
  items: readonly Item[] | null | undefined,
  list: string,
  keyOf: (item: Item) => string | number,
  onDuplicate: (place: Place) => void,
): Placed<Item>[] {
  if (!items) return [];
  const places = new Map<string | number, number>();
  for (let index = 0; index < items.length; index += 1) {
    const distinct = places.size;
    places.set(keyOf(items[index] as Item), index);
    if (places.size === distinct) onDuplicate({ list, index });
  }
  return Array.from(places.values(), (index) => ({ item: items[index] as Item, list, index }));
}
