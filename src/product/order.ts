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
