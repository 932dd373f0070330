/** Its JSON is in ASCII and holds nothing that needs a backslash. */
const IS_PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * Whether a value's JSON has more than `limit` bytes of UTF-8. Counting makes no text, and stops there: a document can
 * be many times as large as what may be stored.
 */
export function isJsonLargerThan(limit: number, value: unknown): boolean {
  return jsonBytes(value, limit) > limit;
}

/** The bytes of a value's JSON; where they are more than `limit`, some number that is, too. */
function jsonBytes(value: unknown, limit: number): number {
  if (typeof value === 'string') return textBytes(value);
  if (typeof value === 'number') return String(value).length;
  if (typeof value === 'boolean') return value ? 4 : 5;
  if (typeof value !== 'object' || value === null) return 4;
  if (Array.isArray(value)) {
    // The brackets, and a comma between two items.
    let bytes = value.length === 0 ? 2 : value.length + 1;
    for (let index = 0; index < value.length && bytes <= limit; index += 1) {
      bytes += jsonBytes(value[index], limit - bytes);
    }
    return bytes;
  }
  let bytes = 1;
  for (const key in value) {
    if (bytes > limit) return bytes;
    // The name, a colon, and a comma or the closing brace.
    bytes += textBytes(key) + 2;
    bytes += jsonBytes((value as Record<string, unknown>)[key], limit - bytes);
  }
  // An object of nothing has its closing brace, too.
  return bytes === 1 ? 2 : bytes;
}

function textBytes(text: string): number {
  return IS_PLAIN.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));
}
