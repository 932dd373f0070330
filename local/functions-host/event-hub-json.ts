/**
 * JSON as the host in Azure writes it: bytes as base64, dates in ISO format without trailing zeros, numbers that JSON
 * does not have as text.
 */
export function toHostJson(value: unknown): string {
  return JSON.stringify(plain(value));
}

/** A time in UTC as the host writes it for a property that does not say so: without `Z`. */
export function toHostTime(date: Date): string {
  return date.toISOString().replace(/\.?0*Z$/, '');
}

function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return `${toHostTime(value)}Z`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  // AMQP types without an equivalent in JavaScript come as boxed values.
  if (value instanceof String || value instanceof Number || value instanceof Boolean)
    return plain(value.valueOf());
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}
