import type { EventData } from '@azure/event-hubs';
import {
  isJsonObject,
  type JsonObject,
  jsonFromBytes,
  jsonFromText,
  propertyWithoutCase,
} from '../../src/message/json.ts';

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
function isEnvelope(value: Record<string, unknown>): boolean {
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

/** An event to publish, and the product it is about: its partition key. */
export type ProductEvent = { event: EventData; productId: string | null };

/**
 * A message as OrderCloud's Event Hubs delivery publishes it: the bytes as they stand, and the type beside them as a
 * property. `messageType` is for payloads that come without an envelope.
 */
export function toEvent(bytes: Uint8Array, messageType: string): ProductEvent {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const json = jsonFromBytes(bytes);
  if (!json.ok || !isJsonObject(json.value)) return { event: { body }, productId: null };
  const { type, payload } = partsOf(json.value, messageType);
  // A message without a type is sent without: what comes of it is worth seeing.
  const event = textOf(type) === null ? { body } : { body, properties: { type } };
  return { event, productId: productIdIn(payload) };
}

/** The type and the payload of an envelope, of a structured CloudEvent, or of a bare payload. */
function partsOf(message: JsonObject, messageType: string): { type?: unknown; payload: unknown } {
  if (!isEnvelope(message)) return { type: messageType, payload: message };
  const headers = propertyWithoutCase(message, 'Headers');
  const payload = propertyWithoutCase(message, 'Payload');
  if (headers === undefined && payload === undefined) return { type: message.type, payload: message.data };
  return { ...(isJsonObject(headers) && { type: propertyWithoutCase(headers, 'type') }), payload };
}

/** As it stands: also an ID that is not valid keeps the messages of one product together. */
function productIdIn(payload: unknown): string | null {
  const product = typeof payload === 'string' ? jsonOf(payload) : payload;
  return isJsonObject(product) ? textOf(propertyWithoutCase(product, 'ProductID')) : null;
}

function jsonOf(text: string): unknown {
  const json = jsonFromText(text, 'The payload');
  return json.ok ? json.value : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
