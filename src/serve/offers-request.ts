import * as z from 'zod';
import { describeFound, type Issue, MAX_ISSUES } from '../message/issue.ts';
import { isJsonObject, jsonFromBytes } from '../message/json.ts';
import { productId } from '../message/scalars.ts';

/** At most this many products are answered at once. */
export const MAX_ITEMS = 100;

/** More specs than any product has. */
const MAX_SPECS = 100;

const text = (expected = 'a string of at most 255 characters') =>
  z.string({ error: expected }).max(255, expected);
const number = z.number({ error: 'a number' });

const Item = z.strictObject(
  {
    productId: z
      .string({ error: 'a ProductID' })
      .refine((id) => productId.safeParse(id).success, 'a ProductID'),
    quantity: number.nullish(),
    otherQuantity: z.int('an integer of at least 0').min(0, 'an integer of at least 0').nullish(),
    specs: z
      .array(
        z.strictObject(
          {
            specId: text(),
            optionId: text().nullish(),
            value: z.string({ error: 'a string' }).nullish(),
          },
          { error: 'an object with a specId' },
        ),
        { error: 'an array' },
      )
      .nullish(),
    sellerId: text().nullish(),
    catalogId: text().nullish(),
    categoryId: text().nullish(),
    orderKind: z
      .enum(['standard', 'subscription', 'bundle'], { error: 'standard, subscription or bundle' })
      .nullish(),
  },
  { error: 'an object with a productId' },
);

/** The body of `POST /api/offers`. */
export const OffersRequest = z.strictObject(
  {
    items: z.array(Item, { error: `an array of 1 to ${MAX_ITEMS} items` }).min(1, `1 to ${MAX_ITEMS} items`),
    currency: text().nullish(),
    include: z.array(z.enum(['product'], { error: 'product' }), { error: 'an array' }).nullish(),
  },
  { error: 'an object with items' },
);

export type OffersRequest = z.infer<typeof OffersRequest>;
export type OfferItem = z.infer<typeof Item>;

export type ReadRequest = { ok: true; request: OffersRequest } | { ok: false; issues: Issue[] };

/** Reads a body; what is wrong with it comes all at once, up to 50 issues, each with where, what is expected and found. */
export function readOffersRequest(bytes: Uint8Array, currencyOfToken: string | null): ReadRequest {
  const json = jsonFromBytes(bytes);
  if (!json.ok) return { ok: false, issues: [{ path: '', expected: 'a JSON object', found: json.detail }] };
  const tooLong = tooLongLists(json.value);
  if (tooLong.length > 0) return { ok: false, issues: tooLong.slice(0, MAX_ISSUES) };
  const parsed = OffersRequest.safeParse(json.value);
  const issues = (parsed.error?.issues ?? []).flatMap((issue) => toIssues(issue, json.value));
  const currency = parsed.data?.currency;
  if (currencyOfToken !== null && currency && !isSame(currency, currencyOfToken)) {
    issues.push({
      path: 'currency',
      expected: 'the currency of the token, or nothing',
      found: describeFound(currency),
    });
  }
  if (!parsed.success || issues.length > 0) return { ok: false, issues: issues.slice(0, MAX_ISSUES) };
  return { ok: true, request: parsed.data };
}

const isSame = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

/** First, and alone: zod would look through all of a list, however long it is. */
function tooLongLists(body: unknown): Issue[] {
  if (!isJsonObject(body)) return [];
  const items = Array.isArray(body.items) ? body.items : [];
  if (items.length > MAX_ITEMS) return [tooLong('items', items, MAX_ITEMS)];
  const lists = items.map((item, index) => ({
    path: `items[${index}].specs`,
    list: isJsonObject(item) ? item.specs : null,
  }));
  return [...lists, { path: 'include', list: body.include }].flatMap(({ path, list }) =>
    Array.isArray(list) && list.length > MAX_SPECS ? [tooLong(path, list, MAX_SPECS)] : [],
  );
}

function tooLong(path: string, list: readonly unknown[], max: number): Issue {
  return { path, expected: `at most ${max} items`, found: `${list.length} items` };
}

function toIssues(issue: z.core.$ZodIssue, body: unknown): Issue[] {
  const path = issue.path.reduce<string>(
    (before, key) =>
      typeof key === 'number' ? `${before}[${key}]` : `${before}${before && '.'}${String(key)}`,
    '',
  );
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, MAX_ISSUES).map((key) => ({
      path: `${path}${path && '.'}${key.slice(0, 40).toWellFormed()}`,
      expected: 'no such property',
      found: 'one',
    }));
  }
  const found = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown>)?.[key],
    body,
  );
  return [{ path, expected: issue.message, found: describeFound(found) }];
}
