/**
 * What a terminal or a log viewer obeys instead of showing, or does not show at all: control characters, line
 * separators, marks of writing direction, zero-width and other invisible characters, tags, halves of a character.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Text from elsewhere on one line, as people may see it: what cannot be seen is an escape (`\u200b`). */
export function printable(text: string, maxLength = 300): string {
  return shortened(text, maxLength).replace(UNSEEN, escaped);
}

/** The beginning of a long text, with a mark that something is left out. */
export function shortened(text: string, maxLength = 300): string {
  return text.length > maxLength ? `${text.slice(0, maxLength).toWellFormed()}…` : text;
}

/** The same for text of several lines: its line ends stay. */
export function printableLines(text: string): string {
  return text.replace(UNSEEN, (character) => (character === '\n' ? character : escaped(character)));
}

/** A value as JSON that is safe to log and to print: what cannot be seen is an escape there, too. */
export function printableJson(value: unknown, indentation?: number): string {
  // The only control characters that JSON.stringify leaves are the line ends of the indentation.
  return printableLines(JSON.stringify(value, null, indentation));
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
