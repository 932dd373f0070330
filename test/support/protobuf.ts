/** A field of a message: its name, what it holds, and whether there may be several. */
export type Field = { name: string; type: Type; isList?: boolean };
export type Type = 'text' | 'hex' | 'fixed64' | 'double' | 'varint' | Message;
export type Message = () => Record<number, Field>;

/** Reads the wire format of Protocol Buffers by the numbers of the fields; what `message` does not name is skipped. */
export function decodeProtobuf(bytes: Buffer, message: Message): Record<string, unknown> {
  const fields = message();
  const decoded: Record<string, unknown> = {};
  let at = 0;
  const varint = (): bigint => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    const taken = bytes.subarray(at, at + length);
    if (taken.length < length) throw new RangeError('The message ends in the middle of a field.');
    at += length;
    return taken;
  };
  const raw: Record<number, () => Buffer | bigint> = {
    0: varint,
    1: () => take(8),
    2: () => take(Number(varint())),
    5: () => take(4),
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const read = raw[tag & 7];
    if (read === undefined) throw new RangeError(`There is no wire type ${tag & 7}.`);
    const value = read();
    const field = fields[tag >> 3];
    if (field === undefined) continue;
    for (const item of valuesOf(value, field)) {
      if (field.isList) decoded[field.name] = [...((decoded[field.name] as unknown[]) ?? []), item];
      else decoded[field.name] = item;
    }
  }
  return decoded;
}

/** Lists of numbers come packed into one field. */
function valuesOf(value: Buffer | bigint, { type, isList }: Field): unknown[] {
  if (typeof value === 'bigint') return [Number(value)];
  if (typeof type === 'function') return [decodeProtobuf(value, type)];
  if (type === 'text') return [value.toString('utf8')];
  if (type === 'hex') return [value.toString('hex')];
  const count = isList ? value.length / 8 : 1;
  return Array.from({ length: count }, (_, index) =>
    type === 'double' ? value.readDoubleLE(8 * index) : String(value.readBigUInt64LE(8 * index)),
  );
}
