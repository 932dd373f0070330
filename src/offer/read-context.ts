import type { OfferContext, OrderKind, SpecSelection, StoredProduct, Tombstone } from './types.ts';

/**
 * An ID as it is compared: without case, an empty one as none. That is how OrderCloud's own SearchProxy compares them
 * (SearchResponseMapper.cs; code only, not documented).
 */
export function idKey(id: string | null | undefined): string | null {
  return id ? id.toLowerCase() : null;
}

/** A currency without white space around it; an empty one is none. */
export function currencyCode(currency: string | null): string | null {
  return currency?.trim() || null;
}

/** The context, checked and ready to be compared: IDs and currency without case, null where nothing is asked. */
export interface Asked {
  at: number;
  buyerId: string | null;
  userId: string | null;
  userGroupIds: ReadonlySet<string | null>;
  currency: string | null;
  marketplace: string | null;
  sellerId: string | null;
  catalogId: string | null;
  categoryId: string | null;
  quantity: number | null;
  otherQuantity: number;
  specs: readonly SpecSelection[];
  orderKind: OrderKind;
  parent: StoredProduct | Tombstone | null;
}

type IdName = 'buyerId' | 'userId' | 'currency' | 'marketplace' | 'sellerId' | 'catalogId' | 'categoryId';

/** @throws TypeError that names the property whose type is wrong */
export function readContext(context: OfferContext): Asked {
  if (!isObject(context)) throw wrong('context', 'an object');
  const { quantity = null, otherQuantity, orderKind, parent = null } = context;
  check(quantity === null || typeof quantity === 'number', 'quantity', 'a number');
  const others = otherQuantity ?? 0;
  check(Number.isInteger(others) && others >= 0, 'otherQuantity', 'an integer of at least 0');
  const kind = orderKind ?? 'standard';
  check(ORDER_KINDS.includes(kind), 'orderKind', 'standard, subscription or bundle');
  check(parent === null || isObject(parent), 'parent', 'a stored document');
  const id = (name: IdName) => idIn(context[name], name);
  return {
    at: instant(context.at),
    buyerId: id('buyerId'),
    userId: id('userId'),
    userGroupIds: new Set(listIn(context.userGroupIds, 'userGroupIds').map(groupIn)),
    currency: currencyCode(id('currency')),
    marketplace: id('marketplace'),
    sellerId: id('sellerId'),
    catalogId: id('catalogId'),
    categoryId: id('categoryId'),
    quantity,
    otherQuantity: others,
    specs: listIn(context.specs, 'specs').map(selectionIn),
    orderKind: kind,
    parent,
  };
}

function groupIn(id: string, index: number): string | null {
  check(typeof id === 'string', `userGroupIds[${index}]`, 'a text');
  return idKey(id);
}

const ORDER_KINDS: readonly string[] = ['standard', 'subscription', 'bundle'] satisfies OrderKind[];

/** A date, or a date and time; seconds, fraction and offset may be left out. */
const ISO_8601 = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/i;

/** Without an offset it is UTC: the answer must not depend on the time zone of the machine. */
function instant(at: unknown): number {
  const [iso, day, time, , , offset] = typeof at === 'string' ? (ISO_8601.exec(at) ?? []) : [];
  const date = new Date(iso === undefined ? (at as number | Date) : time && !offset ? `${iso}Z` : iso);
  const isRead =
    (iso === undefined ? typeof at === 'number' || at instanceof Date : isDay(day as string)) &&
    !Number.isNaN(date.getTime());
  check(isRead, 'at', 'ISO 8601 text, milliseconds or a Date');
  return date.getTime();
}

/** Without this, the 31st of a shorter month would be the 1st of the next. */
function isDay(day: string): boolean {
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function idIn(value: string | null | undefined, name: string): string | null {
  return idKey(textIn(value, name));
}

function textIn(value: string | null | undefined, name: string): string | null {
  check(value === null || value === undefined || typeof value === 'string', name, 'a text');
  return value || null;
}

function listIn<Item>(value: readonly Item[] | null | undefined, name: string): readonly Item[] {
  check(value === null || value === undefined || Array.isArray(value), name, 'a list');
  return value ?? [];
}

function selectionIn(selection: SpecSelection, index: number): SpecSelection {
  const name = `specs[${index}]`;
  check(isObject(selection), name, 'an object');
  check(typeof selection.specId === 'string', `${name}.specId`, 'a text');
  return {
    specId: selection.specId.toLowerCase(),
    optionId: idIn(selection.optionId, `${name}.optionId`),
    value: textIn(selection.value, `${name}.value`),
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function check(isRight: boolean, name: string, expected: string): asserts isRight {
  if (!isRight) throw wrong(name, expected);
}

function wrong(name: string, expected: string): TypeError {
  return new TypeError(`${name} must be ${expected}.`);
}
