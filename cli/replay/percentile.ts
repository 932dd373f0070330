/** The nearest-rank percentile: the smallest value that at least `percent` of all values do not exceed. */
export function percentile(ascending: ArrayLike<number>, percent: number): number | null {
  const rank = Math.max(1, Math.ceil((percent / 100) * ascending.length));
  return ascending[rank - 1] ?? null;
}
