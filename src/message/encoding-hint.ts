/** What bytes that are no JSON look like; null where they look like nothing in particular. */
export function lookOf(bytes: Uint8Array): 'gzip' | 'UTF-16' | null {
  const [first, second, third, fourth] = bytes;
  if (first === 0x1f && second === 0x8b) return 'gzip';
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // Without a mark: every other byte of JSON's first two characters is zero.
  const isLittleEndian = second === 0 && fourth === 0 && first !== 0;
  const isBigEndian = first === 0 && third === 0 && second !== 0;
  return hasMark || (bytes.byteLength >= 4 && (isLittleEndian || isBigEndian)) ? 'UTF-16' : null;
}
