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
