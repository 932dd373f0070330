import { isJsonObject, propertyWithoutCase } from '../../src/message/json.ts';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The bytes to send for a piece of JSON: an envelope as it stands; a bare payload wrapped into one, its own bytes
 * untouched; anything that is not an object as it stands, because how bad messages are answered is worth seeing.
 * Without a type nothing is wrapped: brokers carry the type beside the body.
 */
export function asEnvelope(bytes: Uint8Array, value: unknown, messageType: string | null): Uint8Array {
  if (messageType === null || !isJsonObject(value) || isEnvelope(value)) return bytes;
  const before = Buffer.from(`{"Headers":{"type":${JSON.stringify(messageType)}},"Payload":`);
  return Buffer.concat([before, withoutByteOrderMark(bytes), Buffer.from('}')]);
}

/** OrderCloud's envelope, or a structured CloudEvent, which the receiver takes as well. */
export function isEnvelope(value: Record<string, unknown>): boolean {
  return (
    propertyWithoutCase(value, 'Headers') !== undefined ||
    propertyWithoutCase(value, 'Payload') !== undefined ||
    typeof value.specversion === 'string'
  );
}

/** Only the beginning of a body may carry one. */
function withoutByteOrderMark(bytes: Uint8Array): Uint8Array {
  const isMarked = BYTE_ORDER_MARK.equals(bytes.subarray(0, BYTE_ORDER_MARK.length));
  return isMarked ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}
