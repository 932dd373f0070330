/** JSON as the host in Azure writes it: bytes as base64, dates in ISO format without trailing zeros. */
export function toHostJson(value: unknown): string {
  return JSON.stringify(value, hostValue);
}

/** A time in UTC as the host writes it for a property that does not say so: without `Z`. */
export function toHostTime(date: Date): string {
  return date.toISOString().replace(/\.?0*Z$/, '');
}

/** Looks at the value itself: what JSON.stringify passes has gone through its `toJSON`. */
function hostValue(this: Record<string, unknown>, key: string, converted: unknown): unknown {
  const value = this[key];
  if (value instanceof Date) return `${toHostTime(value)}Z`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return converted;
}
