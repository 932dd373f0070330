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
