import { isUtf8 } from 'node:buffer';

/** A value read from JSON that is an object: not an array, not null. */
export type JsonObject = Record<string, unknown>;

export type JsonResult = { ok: true; value: unknown } | { ok: false; detail: string };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses the bytes of a body. A UTF-8 byte order mark is skipped; bytes that are not well-formed UTF-8 are
 * refused rather than mended, because a mended product would differ from what was signed.
 */
export function jsonFromBytes(bytes: Uint8Array): JsonResult {
  if (bytes.byteLength === 0) return { ok: false, detail: 'The body is empty; a JSON object was expected.' };
  if (!isUtf8(bytes)) return { ok: false, detail: 'The body is not well-formed UTF-8.' };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return jsonFromText(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, 'The body');
}

/** Parses text; `what` names it in the detail of a failure. */
export function jsonFromText(text: string, what: string): JsonResult {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, detail: `${what} is not JSON${where(error)}.` };
  }
}

// DEL and C1 (a terminal takes U+009B for the start of a command), line separators, and what changes the direction of
// writing. `JSON.stringify` escapes C0 alone.
const OBEYED_INSTEAD_OF_SHOWN = /[\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A value as JSON that is safe to log and to print: what a viewer would obey instead of show is escaped, too. */
export function printableJson(value: unknown, indentation?: number): string {
  return JSON.stringify(value, null, indentation).replace(
    OBEYED_INSTEAD_OF_SHOWN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
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
  const key = Object.keys(object).findLast((candidate) => candidate.toLowerCase() === lowerCase);
  return key === undefined ? undefined : object[key];
}
