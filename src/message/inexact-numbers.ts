import Big from 'big.js';
import { parse } from 'lossless-json';
import * as z from 'zod';
import { type Opened, unwrap } from './envelope.ts';
import { isJsonObject } from './json.ts';
import { modelIn, withModelNames } from './model-names.ts';
import { ProductUpdated } from './product-updated.ts';
import { amount, decimal } from './scalars.ts';

/** As many digits every double holds exactly. */
const EXACT_DIGITS = 15;

/**
 * The smallest doubles lose digits, and below them everything is 0. The part in front is looked at last: the engine finds
 * the rest faster.
 */
const SMALL_EXPONENT = /-\d{3}(?<=\d[eE]-\d{3})/;

/** Stands in a payload for a number that a double does not hold. */
class InexactNumber {}

/** Whether a double holds the decimal value of a JSON number, so that it is written as it was read. */
export function isExact(number: string): boolean {
  const double = Number(number);
  return Number.isFinite(double) && new Big(number).eq(double);
}

/**
 * Whether JSON text may hold an inexact number: it has more digits in a row, or a small exponent. Nearly free: of so
 * many digits in a row one stands at a multiple of their number, so that no other character is looked at.
 */
export function mayHoldInexactNumbers(text: string): boolean {
  for (let index = EXACT_DIGITS; index < text.length; index += EXACT_DIGITS + 1) {
    if (!isDigit(text, index)) continue;
    let start = index;
    let end = index + 1;
    while (isDigit(text, start - 1)) start -= 1;
    while (isDigit(text, end)) end += 1;
    if (end - start > EXACT_DIGITS) return true;
    index = end - 1;
  }
  return SMALL_EXPONENT.test(text);
}

/** A digit, or the point between digits. */
function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return (code >= 0x30 && code <= 0x39) || code === 0x2e;
}

/**
 * The paths of the numbers in a valid `product.updated` that a double does not hold: of the model's decimals and of
 * everything in an `xp`. Cosmos DB has no other numbers, so the nearest double is stored.
 */
export function inexactNumbersIn({ text, isBody }: Opened & { kind: 'message' }): string[] {
  if (!mayHoldInexactNumbers(text)) return [];
  const value = parseMarkingInexact(text);
  const payload = isBody ? unwrap(value).payload : value;
  return [...inexactPaths(ProductUpdated, withModelNames(payload, ProductUpdated), '')];
}

/** As JSON.parse does, of a key that comes twice the last value counts. */
function parseMarkingInexact(text: string): unknown {
  return parse(text, null, {
    parseNumber: (number) => (isExact(number) ? Number(number) : new InexactNumber()),
    onDuplicateKey: ({ newValue }) => newValue,
  });
}

/** `schema` is that of an `xp` for all that is inside it. */
function* inexactPaths(schema: z.ZodType, value: unknown, path: string): Generator<string> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* inexactPaths(schema, item, `${path}[${index}]`);
  } else if (value instanceof InexactNumber || isInexactText(schema, value)) {
    yield path;
  } else if (isJsonObject(value)) {
    const model = modelIn(schema);
    for (const [key, inner] of Object.entries(value)) {
      const innerSchema = model === null ? schema : model.shape[key];
      if (innerSchema) yield* inexactPaths(innerSchema, inner, path === '' ? key : `${path}.${key}`);
    }
  }
}

/** The model's decimals may come as text. */
function isInexactText(schema: z.ZodType, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return isInexactText(schema.unwrap() as z.ZodType, value);
  return (schema === decimal || schema === amount) && !isExact(value);
}
