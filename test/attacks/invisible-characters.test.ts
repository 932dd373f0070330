import { describe, expect, it } from 'vitest';
import { formatTable } from '../../cli/common/text.ts';
import { printable, printableJson, printableLines } from '../../src/printable.ts';

/** What makes two IDs look alike, hides a part of one, or turns its text around. */
const UNSEEN = {
  'a zero-width space': '\u200b',
  'a zero-width joiner': '\u200d',
  'a soft hyphen': '\u00ad',
  'a word joiner': '\u2060',
  'a left-to-right mark': '\u200e',
  'a right-to-left mark': '\u200f',
  'an Arabic letter mark': '\u061c',
  'a right-to-left override': '\u202e',
  'an isolate': '\u2066',
  'a byte order mark': '\ufeff',
  'a tag': '\u{e0041}',
  'a variation selector': '\ufe0f',
  'a Hangul filler': '\u3164',
  'an escape of the terminal': '\u001b',
  'a command of eight bits': '\u009b',
  'a line separator': '\u2028',
  'half of a character': '\ud800',
};

describe.each(Object.entries(UNSEEN))('%s', (_, character) => {
  const id = `MUG${character}BLUE`;

  it('is an escape in a text, a log line and a table', () => {
    const table = formatTable(['Product'], [[id]]);
    for (const shown of [printable(id), printableJson({ id }), printableLines(id), table]) {
      expect(shown).not.toContain(character);
      expect(shown).toMatch(/MUG(\\u[0-9a-f]{4}){1,2}BLUE/);
    }
  });

  it('is the same again where the JSON is read', () => {
    expect(JSON.parse(printableJson({ id }))).toEqual({ id });
  });
});

it('leaves what people can see as it is', () => {
  const text = 'Café «Zürich» 漢字 العربية שלום 🫖 a\u00a0b';
  expect(printable(text)).toBe(text);
  expect(printableLines(`${text}\n${text}`)).toBe(`${text}\n${text}`);
  expect(printableJson([text], 2)).toBe(JSON.stringify([text], null, 2));
});

it('cuts a long text between characters', () => {
  expect(printable(`${'x'.repeat(299)}🫖`)).toBe(`${'x'.repeat(299)}\ufffd…`);
  expect(printable('xxx', 2)).toBe('xx…');
});
