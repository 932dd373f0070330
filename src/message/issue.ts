/** One thing that is wrong with a message. */
export type Issue = {
  /** Where, relative to the payload, in the documented spelling: `PartyPriceSchedules[3].PriceSchedule.ID`. */
  path: string;
  /** What must be there, for instance `a decimal number of at least 0`. */
  expected: string;
  /** What is there: the JSON kind, and at most 40 characters of a scalar. For answers and dead letters, never logs. */
  found: string;
};

/** Validation stops at this many issues, so that a hostile body costs little more than an honest one. */
export const MAX_ISSUES = 50;

const MAX_FOUND_CHARACTERS = 40;

/** Describes a value by its JSON kind and, for a scalar, its beginning. */
export function describeFound(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return `the ${typeof value} ${String(value).slice(0, MAX_FOUND_CHARACTERS)}`;
  // A cut by code unit can halve a surrogate pair, which Cosmos DB may refuse: so it is made well-formed.
  const start = value.slice(0, MAX_FOUND_CHARACTERS).toWellFormed();
  return `the string "${start}${value.length > MAX_FOUND_CHARACTERS ? '…' : ''}"`;
}
