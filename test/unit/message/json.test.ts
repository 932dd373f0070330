import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { jsonFromBytes, lookOf } from '../../../src/message/json.ts';

const TEXT = '{"ProductID":"MUG"}';
const swapped = Buffer.from(TEXT, 'utf16le').swap16();

describe('a body that is not JSON in UTF-8', () => {
  it.each([
    ['gzip', 'gzip', gzipSync(TEXT)],
    ['UTF-16', 'UTF-16', Buffer.from(TEXT, 'utf16le')],
    ['UTF-16 with a mark', 'UTF-16', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['UTF-16, the other byte first', 'UTF-16', swapped],
    [
      'UTF-16, the other byte first, with a mark',
      'UTF-16',
      Buffer.concat([Buffer.from([0xfe, 0xff]), swapped]),
    ],
  ])('says that it looks like %s', (_, look, bytes) => {
    expect(jsonFromBytes(bytes)).toEqual({
      ok: false,
      detail: `The body looks like ${look}: send JSON in UTF-8, uncompressed.`,
    });
  });

  it.each([
    ['JSON', Buffer.from(TEXT)],
    ['JSON with a mark', Buffer.from(`\ufeff${TEXT}`)],
    ['nothing', Buffer.alloc(0)],
    ['a zero', Buffer.from([0])],
    ['a digit', Buffer.from('7')],
  ])('says nothing of %s', (_, bytes) => {
    expect(lookOf(bytes)).toBeNull();
  });
});
