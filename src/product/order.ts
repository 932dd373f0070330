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
