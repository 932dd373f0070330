import Big from 'big.js';
import { type Opened, unwrap } from './envelope.ts';
import { isJsonObject } from './json.ts';
import { withModelNames } from './model-names.ts';
import { ProductUpdated } from './product-updated.ts';

/** As many digits every double holds exactly. */
const EXACT_DIGITS = 15;

/** The smallest doubles lose digits, and below them everything is 0. */
const SMALL_EXPONENT = /\d[eE]-\d{3}/;

/** Whether a double holds the decimal value of a JSON number, so that it is written as it was read. */
export function isExact(number: string): boolean {
  const double = Number(number);
  return String(double) === number || (Number.isFinite(double) && new Big(number).eq(double));
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
  // Signs are rare: looking for them alone takes a third of what the pattern would.
  for (let sign = text.indexOf('-'); sign >= 0; sign = text.indexOf('-', sign + 1)) {
    const isExponent = text[sign - 1] === 'e' || text[sign - 1] === 'E';
    if (isExponent && SMALL_EXPONENT.test(text.slice(sign - 2, sign + 4))) return true;
  }
  return false;
}

/** One of `./0123456789`, which follow each other: one comparison, and a slash more costs at most a second look. */
function isDigit(text: string, index: number): boolean {
  const place = text.charCodeAt(index) - 0x2e;
  return place >= 0 && place <= 11;
}

/**
 * The paths of the numbers in a `product.updated` that a double does not hold: of the model's decimals and of everything
 * in an `xp`. Cosmos DB has no other numbers, so the nearest double is stored.
 */
export function inexactNumbersIn(
  { text, isBody }: Opened & { kind: 'message' },
  product: ProductUpdated,
): string[] {
  if (!mayHoldInexactNumbers(text)) return [];
  const value: unknown = JSON.parse(withNumbersAsText(text));
  const payload = isBody ? unwrap(value).payload : value;
  return [...inexactPaths(withModelNames(payload, ProductUpdated), product, '')];
}

function withNumbersAsText(json: string): string {
  let isInString = false;
  return json.replace(/\\.|"|-?\d[\d.eE+-]*/g, (token) => {
    if (token === '"') isInString = !isInString;
    return isInString || token === '"' ? token : `"${token}"`;
  });
}

/** Compares what was sent, with numbers as text, with what was read of it. */
function* inexactPaths(sent: unknown, read: unknown, path: string): Generator<string> {
  if (typeof sent === 'string') {
    if (typeof read === 'number' && !isExact(sent)) yield path;
  } else if (Array.isArray(sent) && Array.isArray(read)) {
    for (const [index, item] of sent.entries()) yield* inexactPaths(item, read[index], `${path}[${index}]`);
  } else if (isJsonObject(sent) && isJsonObject(read)) {
    for (const key of Object.keys(sent)) {
      yield* inexactPaths(sent[key], read[key], path === '' ? key : `${path}.${key}`);
    }
  }
}
