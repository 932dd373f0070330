/** An encoded symbol of at most 255 ASCII characters. */
export function symbol(text: string): Buffer {
  return Buffer.concat([Buffer.from([0xa3, text.length]), Buffer.from(text, 'ascii')]);
}

/** An encoded string. */
export function string(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length < 256) return Buffer.concat([Buffer.from([0xa1, bytes.length]), bytes]);
  const head = Buffer.from([0xb1, 0, 0, 0, 0]);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** An encoded long. */
export function long(value: number): Buffer {
  return eightBytes(0x81, value);
}

/** An encoded timestamp, milliseconds since 1970. */
export function timestamp(milliseconds: number): Buffer {
  return eightBytes(0x83, milliseconds);
}

/** The parts of a section that is a map of the given pairs of encoded keys and values. */
export function mapSection(code: number, pairs: Buffer[][]): Buffer[] {
  const parts = pairs.flat();
  const head = Buffer.from([0x00, 0x53, code, 0xd1, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(4 + parts.reduce((sum, part) => sum + part.length, 0), 4);
  head.writeUInt32BE(pairs.length * 2, 8);
  return [head, ...parts];
}

function eightBytes(typeCode: number, value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = typeCode;
  bytes.writeBigInt64BE(BigInt(value), 1);
  return bytes;
}
