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

/** An `xp` is passed on as it came. It may hold no number that JSON cannot: Cosmos DB would store null. */
export const extendedProperties = z
  .unknown()
  .refine(hasFiniteNumbers)
  .describe('any JSON with finite numbers');

function hasFiniteNumbers(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(hasFiniteNumbers);
  // Of very many keys a list of the values would take twice as long.
  for (const key in value) if (!hasFiniteNumbers((value as JsonObject)[key])) return false;
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

const MINUTES_THEN_END_OR_OFFSET = /(T\d\d:\d\d)(?=$|Z|[+-])/;
const BEYOND_MILLISECONDS = /(\.\d{3})\d+/;
const HAS_OFFSET = /(?:Z|[+-]\d\d:\d\d)$/;
const ISO_LENGTH = '0000-00-00T00:00:00.000Z'.length;
const isoDatetime = z.compile(z.iso.datetime({ local: true, offset: true }), { strict: true });

/**
 * A message repeats its few dates in every price schedule, so the last ones are remembered. Text longer than a date can
 * be is not: what a hostile message sends must not stay in memory.
 */
const MAX_REMEMBERED = 1_000;
const MAX_REMEMBERED_LENGTH = 40;
const remembered = new Map<string, string | null | undefined>();

/** A time in UTC with milliseconds; null for .NET's minimum (year 0001), which means none. */
export const instant = z
  .string()
  .transform((value, context) => {
    const utc = remembered.has(value) ? remembered.get(value) : remember(value, toUtc(value));
    if (utc !== undefined) return utc;
    context.addIssue('not a date');
    return z.NEVER;
  })
  .describe('a date and time in ISO 8601 such as 2026-11-22T09:30:00Z');

function remember(value: string, utc: string | null | undefined): string | null | undefined {
  if (value.length > MAX_REMEMBERED_LENGTH) return utc;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(value, utc);
  return utc;
}

/**
 * zod's format checks the calendar, leap years included, but requires seconds if there is an offset, so they are added
 * first. The fraction is cut here, because the engine misreads a long one that begins with zeros. Undefined for what is
 * no date.
 */
function toUtc(value: string): string | null | undefined {
  if (isUtcAsKept(value)) return value.startsWith('0001-') ? null : value;
  const text = inExtendedFormat(value).replace(MINUTES_THEN_END_OR_OFFSET, '$1:00');
  if (!isoDatetime.safeParse(text).success) return undefined;
  if (text.startsWith('0001-')) return null;
  const cut = text.replace(BEYOND_MILLISECONDS, '$1');
  const utc = new Date(HAS_OFFSET.test(cut) ? cut : `${cut}Z`).toISOString();
  // Outside the years 0001 to 9999 it has another form, and would not sort.
  return utc.length === ISO_LENGTH && !utc.startsWith('0000-') ? utc : undefined;
}

/** ISO 8601 allows `t` and `z` in lower case, and an offset without a colon or minutes; zod's format does not. */
function inExtendedFormat(value: string): string {
  const text = value.toUpperCase();
  const time = text.indexOf('T');
  if (time < 0) return text;
  const atTheEnd = text.slice(time).slice(-5);
  const offset = /[+-]\d\d(\d\d)?$/.exec(atTheEnd);
  if (offset === null) return text;
  const [found, minutes = '00'] = offset;
  return `${text.slice(0, -found.length)}${found.slice(0, 3)}:${minutes}`;
}

/** Most dates come as they are stored: the engine writes them the same way. */
function isUtcAsKept(value: string): boolean {
  if (value.length !== ISO_LENGTH || value.startsWith('0000-')) return false;
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && date.toISOString() === value;
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
