/** Its JSON is in ASCII and holds nothing that needs a backslash. */
const IS_PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * Whether a value's JSON has more than `limit` bytes of UTF-8. Counting makes no text, and stops there: a document can
 * be many times as large as what may be stored.
 */
export function isJsonLargerThan(limit: number, value: unknown): boolean {
  let bytes = 0;
  const count = (item: unknown): void => {
    if (typeof item === 'string') bytes += textBytes(item);
    else if (typeof item === 'number') bytes += String(item).length;
    else if (typeof item === 'boolean') bytes += item ? 4 : 5;
    else if (typeof item !== 'object' || item === null) bytes += 4;
    else if (Array.isArray(item)) {
      // The brackets, and a comma between two items.
      bytes += item.length === 0 ? 2 : item.length + 1;
      for (let index = 0; index < item.length && bytes <= limit; index += 1) count(item[index]);
    } else {
      bytes += 1;
      let isEmpty = true;
      for (const key in item) {
        if (bytes > limit) return;
        // The name, a colon, and a comma or the closing brace.
        bytes += textBytes(key) + 2;
        isEmpty = false;
        count((item as Record<string, unknown>)[key]);
      }
      if (isEmpty) bytes += 1;
    }
  };
  count(value);
  return bytes > limit;
}

function textBytes(text: string): number {
  return IS_PLAIN.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));
}
