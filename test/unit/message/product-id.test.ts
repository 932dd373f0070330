import { describe, expect, it } from 'vitest';
import { issuesOf, issuesOfDeleted, productFrom } from './validation.ts';

describe('a ProductID', () => {
  it.each([
    ['letters, digits and dashes', 'GUJI-NATURAL_250'],
    ['one character', 'G'],
    ['spaces inside', 'Guji Natural 250 g'],
    ['dots', '...'],
    ['a dot and a letter', '.G'],
    ['any other punctuation', '!"$%&\'()*+,-.:;<=>@[]^_`{|}~'],
    ['accents', 'Café-Crème'],
    ['an emoji', 'KAFFEE-☕-🫘'],
    ['a character after U+009F', 'a\u00a1b'],
    ['a character before U+007F', 'a~b'],
    ['a no-break space inside', 'a\u00a0b'],
    ['255 bytes in ASCII', 'G'.repeat(255)],
    ['255 bytes in 85 characters', '☕'.repeat(85)],
    ['a name of Object.prototype', '__proto__'],
  ])('may hold %s', (_, ProductID) => {
    expect(productFrom({ ProductID }).ProductID).toBe(ProductID);
    expect(issuesOfDeleted({ ProductID })).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['a dot only', '.'],
    ['two dots only', '..'],
    ['a slash', 'GUJI/250'],
    ['a backslash', 'GUJI\\250'],
    ['a question mark', 'GUJI?250'],
    ['a hash', 'GUJI#250'],
    ['a space at its beginning', ' GUJI'],
    ['a space at its end', 'GUJI '],
    ['a space only', ' '],
    ['a no-break space at its end', 'GUJI\u00a0'],
    ['an ideographic space at its beginning', '\u3000GUJI'],
    ['a byte order mark at its beginning', '\ufeffGUJI'],
    ['a line separator at its end', 'GUJI\u2028'],
    ['a line break', 'GUJI\n250'],
    ['a carriage return', 'GUJI\r250'],
    ['a tab', 'GUJI\t250'],
    ['U+0000', 'GUJI\u0000'],
    ['U+001F', 'a\u001fb'],
    ['U+007F', 'a\u007fb'],
    ['U+0080', 'a\u0080b'],
    ['U+009F', 'a\u009fb'],
    ['U+0085 at its end', 'GUJI\u0085'],
    ['256 bytes in ASCII', 'G'.repeat(256)],
    ['256 bytes in 86 characters', `${'☕'.repeat(85)}G`],
    ['256 bytes in 64 characters', '🫘'.repeat(64)],
    ['a high surrogate alone', 'GUJI\ud83e'],
    ['a low surrogate alone', '\uded8GUJI'],
    ['surrogates in the wrong order', 'a\uded8\ud83eb'],
  ])('may not be or hold %s', (_, ProductID) => {
    for (const issues of [issuesOf({ ProductID }), issuesOfDeleted({ ProductID })]) {
      expect(issues).toMatchObject([{ path: 'ProductID', found: expect.stringMatching(/^the string "/s) }]);
      expect(issues).toHaveLength(1);
    }
  });

  it.each([
    ['a number', 250, 'the number 250'],
    ['a list', ['GUJI'], 'an array'],
    ['null', null, 'null'],
  ])('may not be %s', (_, ProductID, found) => {
    expect(issuesOf({ ProductID })).toMatchObject([{ path: 'ProductID', found }]);
  });
});
