import * as z from 'zod';
import type { JsonObject } from './json.ts';

/**
 * The scalars of a message, with the tolerance of .NET consumers (contract section 2). The description of each is what
 * an issue names as expected.
 */

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const numericText = z.string().regex(JSON_NUMBER);
const numberOrNumericText = z.union([z.number(), numericText.transform(Number)]);
const numberOrWholeText = z.union([z.number(), numericText.refine(isWholeAsWritten).transform(Number)]);

export const text = z.string().describe('a string');
/** Of what must have an ID. Where one is optional, an empty text is none. */
export const requiredId = z.string().min(1).describe('a string that is not empty');
export const flag = z.boolean().describe('true or false');
export const decimal = numberOrNumericText.pipe(z.number()).describe('a decimal number');
export const amount = numberOrNumericText.pipe(z.number().min(0)).describe('a decimal number of at least 0');
export const integer = numberOrWholeText.pipe(z.int()).describe('a whole number');
export const quantity = numberOrWholeText.pipe(z.int().min(0)).describe('a whole number of at least 0');

/** With what stands around an `xp` in a document, it stays below the 128 levels that Cosmos DB takes. */
const MAX_XP_LEVELS = 99;

/** An `xp` is passed on as it came. It may hold no number that JSON cannot: Cosmos DB would store null. */
export const extendedProperties = z
  .unknown()
  .refine((value) => isStorable(value, MAX_XP_LEVELS))
  .describe(`any JSON with finite numbers and at most ${MAX_XP_LEVELS} levels of nesting`);

/** It recurses no further than `levels`. */
function isStorable(value: unknown, levels: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isStorable(item, levels - 1));
  // Of very many keys a list of the values would take twice as long.
  for (const key in value) if (!isStorable((value as JsonObject)[key], levels - 1)) return false;
  return true;
}

const PRODUCT_ID_MAX_BYTES = 255;
// What Cosmos DB refuses in an id, or accepts but can never read again (?), or what could forge a log line.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNSTORABLE_CHARACTER = /[\u0000-\u001f\u007f-\u009f/\\?#]/;

export const productId = z
  .string()
  .refine(isStorableProductId)
  .describe(
    `a product ID of 1 to ${PRODUCT_ID_MAX_BYTES} bytes, not "." or "..", without / \\ ? #, control characters and white space at its ends`,
  );

/** Accepts an enum's number, that number as text, or a name in any case. Returns the document's name. */
export function enumeration<Name extends string>(
  members: readonly (readonly [number: number, name: Name, spellings: readonly string[]])[],
) {
  const names = new Map<string, Name>();
  for (const [number, name, spellings] of members) {
    names.set(String(number), name);
    for (const spelling of spellings) names.set(spelling.toLowerCase(), name);
  }
  const expected = members.map(([number, , [spelling]]) => `${number} (${spelling})`).join(', ');
  return z
    .union([z.number(), z.string()])
    .transform((value, context) => {
      const isNumeric = typeof value === 'number' || JSON_NUMBER.test(value);
      const name = names.get(isNumeric ? String(Number(value)) : value.toLowerCase());
      if (name !== undefined) return name;
      context.addIssue('unknown enum value');
      return z.NEVER;
    })
    .describe(`one of ${expected}`);
}

/** Seconds and offset may be missing; the offset's colon and minutes, too. */
const ISO_8601 =
  /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+-](?:[01]\d|2[0-3]))(?::?([0-5]\d))?)?$/i;

/**
 * A message repeats its few dates in every price schedule, so the last ones are remembered. Text longer than a date can
 * be is not: what a hostile message sends must not stay in memory.
 */
const MAX_REMEMBERED = 1_000;
const MAX_REMEMBERED_LENGTH = 40;
const remembered = new Map<string, string | null>();

/** A time in UTC with milliseconds; null for .NET's minimum (year 0001), which means none. */
export const instant = z
  .string()
  .transform((value, context) => {
    const known = remembered.get(value);
    if (known !== undefined) return known;
    const utc = toUtc(value);
    if (utc === undefined) {
      context.addIssue('not a date');
      return z.NEVER;
    }
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    if (value.length <= MAX_REMEMBERED_LENGTH) remembered.set(value, utc);
    return utc;
  })
  .describe('a date and time in ISO 8601 such as 2026-11-22T09:30:00Z');

/** Undefined for what is no date. */
function toUtc(text: string): string | null | undefined {
  const found = ISO_8601.exec(text);
  if (found === null) return undefined;
  const [, date = '', minutes, seconds = '00', fraction = '', hourOffset = '+00', minuteOffset = '00'] =
    found;
  const time = `${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  // The engine makes 2 March of 30 February, and a new day of 24:00.
  if (!toIsoString(`${date}T${time}Z`)?.startsWith(date)) return undefined;
  if (date.startsWith('0001-')) return null;
  const utc = toIsoString(`${date}T${time}${hourOffset}:${minuteOffset}`);
  // Outside the years 0001 to 9999 it would not sort.
  return utc === undefined || /^(0000|[+-])/.test(utc) ? undefined : utc;
}

function toIsoString(date: string): string | undefined {
  const milliseconds = Date.parse(date);
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString();
}

function isStorableProductId(id: string): boolean {
  return (
    id !== '' &&
    id !== '.' &&
    id !== '..' &&
    id === id.trim() &&
    !UNSTORABLE_CHARACTER.test(id) &&
    id.isWellFormed() &&
    Buffer.byteLength(id) <= PRODUCT_ID_MAX_BYTES
  );
}

/** As doubles, 9007199254740991.4 and 1e-400 are whole numbers; only their text shows that they are not. */
function isWholeAsWritten(text: string): boolean {
  const [mantissa = '', exponent = '0'] = text.split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return end === 0 || end <= whole.length + Number(exponent);
}
