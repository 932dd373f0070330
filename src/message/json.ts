import { isUtf8 } from 'node:buffer';

/** A value read from JSON that is an object: not an array, not null. */
export type JsonObject = Record<string, unknown>;

/** A value and the text it was made of, or why there is none. */
export type JsonResult = { ok: true; value: unknown; text: string } | { ok: false; detail: string };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses the bytes of a body. A UTF-8 byte order mark is skipped; bytes that are not well-formed UTF-8 are
 * refused rather than mended, because a mended product would differ from what was signed.
 */
export function jsonFromBytes(bytes: Uint8Array, what = 'The body'): JsonResult {
  if (bytes.byteLength === 0) return { ok: false, detail: `${what} is empty; a JSON object was expected.` };
  const look = lookOf(bytes);
  if (look !== null)
    return { ok: false, detail: `${what} looks like ${look}: send JSON in UTF-8, uncompressed.` };
  if (!isUtf8(bytes)) return { ok: false, detail: `${what} is not well-formed UTF-8.` };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return jsonFromText(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, what);
}

/** What bytes that are no JSON look like; null where they look like nothing in particular. */
export function lookOf(bytes: Uint8Array): 'gzip' | 'UTF-16' | null {
  const [first, second, third, fourth] = bytes;
  if (first === 0x1f && second === 0x8b) return 'gzip';
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // Without a mark: every other byte of JSON's first two characters is zero.
  const isLittleEndian = second === 0 && fourth === 0 && first !== 0;
  const isBigEndian = first === 0 && third === 0 && second !== 0;
  return hasMark || (bytes.byteLength >= 4 && (isLittleEndian || isBigEndian)) ? 'UTF-16' : null;
}

/** Parses text; `what` names it in the detail of a failure. */
export function jsonFromText(text: string, what: string): JsonResult {
  try {
    return { ok: true, value: JSON.parse(text), text };
  } catch (error) {
    return { ok: false, detail: `${what} is not JSON${where(error)}.` };
  }
}

/** The engine's own message quotes the text, which no answer or log may do: only the position is taken from it. */
function where(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return ` (unexpected at character ${position})`;
  return message.startsWith('Unexpected end') ? ' (it ends too early)' : '';
}

/**
 * Finds a property by name without regard to case, as .NET consumers bind: an exact match wins, else the last.
 * For the few names outside the product model; the model's own are matched by `withModelNames`.
 */
export function propertyWithoutCase(object: Readonly<JsonObject>, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const lowerCase = name.toLowerCase();
  // Letters whose lower case is a letter of ASCII all keep their length: most keys differ in that already.
  const key = Object.keys(object).findLast(
    (candidate) => candidate.length === name.length && candidate.toLowerCase() === lowerCase,
  );
  return key === undefined ? undefined : object[key];
}
