import { isUtf8 } from 'node:buffer';

/** A value read from JSON that is an object: not an array, not null. */
export type JsonObject = Record<string, unknown>;

/** `isTame`: known from its text to nest no deeper than `MAX_DEPTH` levels, and to hold finite numbers only. */
export type JsonResult = { ok: true; value: unknown; isTame: boolean } | { ok: false; detail: string };

/** A payload may nest this deep, the payload itself being level 1. */
export const MAX_DEPTH = 100;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses the bytes of a body. A UTF-8 byte order mark is skipped; bytes that are not well-formed UTF-8 are
 * refused rather than mended, because a mended product would differ from what was signed.
 */
export function jsonFromBytes(bytes: Uint8Array, what = 'The body'): JsonResult {
  if (bytes.byteLength === 0) return { ok: false, detail: `${what} is empty; a JSON object was expected.` };
  if (!isUtf8(bytes)) return { ok: false, detail: `${what} is not well-formed UTF-8.` };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return jsonFromText(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, what);
}

/** Parses text; `what` names it in the detail of a failure. */
export function jsonFromText(text: string, what: string): JsonResult {
  try {
    return { ok: true, value: JSON.parse(text), isTame: text.length >= LARGE && isTame(text) };
  } catch (error) {
    return { ok: false, detail: `${what} is not JSON${where(error)}.` };
  }
}

/** From here on a look at the text costs much less than a walk through all the objects that it may come to. */
const LARGE = 100_000;

/**
 * Without one of these no number is too large for a double: fewer than 200 digits, times ten to the 99th at most. A run
 * of digits is looked at from its first one only: from each of them, many runs of 199 would take a hundred times as long.
 */
const HUGE_NUMBER = /\d[eE]\+?\d{3}|(?<!\d)\d{200}/;

/** Looks at the text of valid JSON. What is not tame need not be bad: it has to be walked through to know. */
function isTame(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > MAX_DEPTH) return false;
    } else if (code === 0x5d || code === 0x7d) {
      depth -= 1;
    } else if (code === 0x22) {
      index = endOfString(text, index);
    }
  }
  return !HUGE_NUMBER.test(text);
}

function endOfString(text: string, start: number): number {
  let index = start + 1;
  for (; text.charCodeAt(index) !== 0x22; index += 1) if (text.charCodeAt(index) === 0x5c) index += 1;
  return index;
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
