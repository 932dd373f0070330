import { Refusal } from './refusal.ts';

/** The sections of an AMQP message that the broker must tell apart (AMQP 1.0, part 3.2). */
export const SECTION = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  data: 0x75,
  footer: 0x78,
} as const;

/** Where a section lies in a message: it starts with its descriptor; its value goes from `value` to `end`. */
export interface Section {
  code: number;
  start: number;
  value: number;
  end: number;
}

/** The sections of an encoded message, found by their descriptors only: nothing in them is decoded. */
export function sectionsOf(message: Buffer): Section[] {
  const sections: Section[] = [];
  let start = 0;
  while (start < message.length) {
    if (message[start] !== 0x00) throw malformed(`no section starts at byte ${start}`);
    const value = endOfValue(message, start + 1);
    const code = toInteger(message.subarray(start + 1, value));
    const end = endOfValue(message, value);
    if (code === undefined || code < SECTION.header || code > SECTION.footer) {
      throw malformed(`unknown section at byte ${start}`);
    }
    sections.push({ code, start, value, end });
    start = end;
  }
  return sections;
}

/** The bytes of a binary value, without its length. */
export function toBytes(value: Buffer): Buffer {
  if (value[0] === 0xa0) return value.subarray(2);
  if (value[0] === 0xb0) return value.subarray(5);
  throw malformed('a data section that is not binary');
}

/** The keys and values of a map, still encoded. */
export function toPairs(map: Buffer): { key: Buffer; value: Buffer }[] {
  if (map[0] !== 0xc1 && map[0] !== 0xd1) throw malformed('annotations that are not a map');
  const pairs: { key: Buffer; value: Buffer }[] = [];
  let position = map[0] === 0xc1 ? 3 : 9;
  while (position < map.length) {
    const value = endOfValue(map, position);
    const end = endOfValue(map, value);
    pairs.push({ key: map.subarray(position, value), value: map.subarray(value, end) });
    position = end;
  }
  return pairs;
}

/** The text of a string or symbol; undefined for any other type. */
export function toText(value: Buffer): string | undefined {
  if (value[0] === 0xa1 || value[0] === 0xa3) return value.toString('utf8', 2);
  if (value[0] === 0xb1 || value[0] === 0xb3) return value.toString('utf8', 5);
  return undefined;
}

/** The number in any integer type, exact to 2^53; undefined for any other type. */
function toInteger(value: Buffer): number | undefined {
  switch (value[0]) {
    case 0x43: // uint 0
    case 0x44: // ulong 0
      return 0;
    case 0x50: // ubyte
    case 0x52: // small uint
    case 0x53: // small ulong
      return value.readUInt8(1);
    case 0x51: // byte
    case 0x54: // small int
    case 0x55: // small long
      return value.readInt8(1);
    case 0x60:
      return value.readUInt16BE(1);
    case 0x61:
      return value.readInt16BE(1);
    case 0x70:
      return value.readUInt32BE(1);
    case 0x71:
      return value.readInt32BE(1);
    case 0x80:
      return Number(value.readBigUInt64BE(1));
    case 0x81:
      return Number(value.readBigInt64BE(1));
    default:
      return undefined;
  }
}

/** Bytes after the type code, by its upper four bits: fixed, or as a length field of so many bytes says (part 1.2). */
const FIXED_WIDTH: Record<number, number> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };
const LENGTH_WIDTH: Record<number, 1 | 4> = { 10: 1, 11: 4, 12: 1, 13: 4, 14: 1, 15: 4 };

function endOfValue(buffer: Buffer, start: number): number {
  const typeCode = buffer[start];
  if (typeCode === undefined) throw malformed('a value is missing');
  if (typeCode === 0x00) return endOfValue(buffer, endOfValue(buffer, start + 1));
  const end = start + 1 + widthOf(buffer, start, typeCode >> 4);
  if (end > buffer.length) throw malformed(`the value at byte ${start} is cut short`);
  return end;
}

function widthOf(buffer: Buffer, start: number, category: number): number {
  const fixed = FIXED_WIDTH[category];
  if (fixed !== undefined) return fixed;
  const lengthWidth = LENGTH_WIDTH[category];
  if (lengthWidth === undefined || start + lengthWidth >= buffer.length) {
    throw malformed(`unknown type at byte ${start}`);
  }
  return lengthWidth + buffer.readUIntBE(start + 1, lengthWidth);
}

function malformed(what: string): Refusal {
  return new Refusal('amqp:decode-error', `Not an encoded AMQP message: ${what}.`);
}
