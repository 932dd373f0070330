import { describe, expect, it } from 'vitest';
import { bodyText, indentJson } from '../../../cli/dead-letters/show.ts';

describe('JSON', () => {
  it.each([
    '{}',
    '[]',
    '7',
    '"a"',
    '{"a":1}',
    '[1,[],{},[2,{"b":[null,true]}],""]',
    '{"a":{"b":"}],: \\" \\\\"},"c":[{}]}',
    ' {\r\n "a" : [ 1 , 2 ] }\t',
  ])('is indented as JSON.stringify does: %s', (text) => {
    expect(indentJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
  });

  it('keeps what JSON.stringify would change', () => {
    expect(indentJson('{"n":12345678901234567890,"n":1e400,"x":"\\u0041"}')).toBe(
      '{\n  "n": 12345678901234567890,\n  "n": 1e400,\n  "x": "\\u0041"\n}',
    );
  });

  it('is left alone where it is nested too deeply', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(indentJson(deep)).toBeNull();
    expect(bodyText(Buffer.from(deep))).toEqual({ kind: 'JSON', text: deep });
  });

  it('may hold a string of megabytes', () => {
    const long = `["${'\\"'.repeat(1_000_000)}"]`;
    expect(indentJson(long)).toHaveLength(long.length + '\n  \n'.length);
  });
});

describe('a body', () => {
  it.each([
    ['empty', Buffer.alloc(0), ''],
    ['JSON', Buffer.from('\uFEFF[1]'), '[\n  1\n]'],
    ['text, not JSON', Buffer.from('<html>\n\tcafé'), '<html>\n\tcafé'],
    ['not well-formed UTF-8: what cannot be shown is �', Buffer.from([0x61, 0xff]), 'a�'],
  ])('can be %s', (kind, bytes, text) => {
    expect(bodyText(bytes)).toEqual({ kind, text });
  });

  it('cannot move the cursor, clear the screen or turn the text around', () => {
    const hostile = Buffer.from('\u001b[2J\r\u0007\u009b\u202e');
    expect(bodyText(hostile).text).toBe('\\u001b[2J\\u000d\\u0007\\u009b\\u202e');
    expect(bodyText(Buffer.from('["\u202e"]')).text).toBe('[\n  "\\u202e"\n]');
  });
});
