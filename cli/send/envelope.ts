import { isUtf8 } from 'node:buffer';
import type { EventData } from '@azure/event-hubs';
import {
  isJsonObject,
  type JsonObject,
  jsonFromBytes,
  jsonFromText,
  propertyWithoutCase,
} from '../../src/message/json.ts';
import { CommandError } from '../common/command-error.ts';
import type { MessageToSend } from './sender.ts';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A part of a file that holds one message, or several as a list. */
export type Piece = { source: string; bytes: Uint8Array };

/**
 * The messages in a piece of JSON, and what else people have in such files: an array, a page of a list (`Items`), an
 * event that was captured from a hub. What is not JSON goes as it stands: how bad messages are answered is worth seeing.
 * @throws CommandError for a product of OrderCloud's API, which is no message
 */
export function* messagesIn(piece: Piece, messageType: string | null): Generator<MessageToSend> {
  const { source, bytes } = piece;
  const json = jsonFromBytes(bytes);
  const value = json.ok ? json.value : undefined;
  if (Array.isArray(value)) yield* messagesInList(source, value, messageType);
  else if (!isJsonObject(value) || isEnvelope(value)) yield { source, body: bytes };
  else if (Array.isArray(value.Items)) yield* messagesInList(`${source}.Items`, value.Items, messageType);
  else if (isCapturedEvent(value)) yield fromCapturedEvent(value, source, messageType);
  else if (isApiProduct(value)) throw notAMessage(source, value);
  else yield { source, body: asEnvelope(bytes, messageType) };
}

function* messagesInList(
  source: string,
  values: readonly unknown[],
  messageType: string | null,
): Generator<MessageToSend> {
  for (const [index, value] of values.entries()) {
    yield* messagesIn(elementOf(`${source}[${index}]`, value), messageType);
  }
}

/** Written anew: numbers become those of JavaScript, and NDJSON is for exact bytes. */
function elementOf(source: string, value: unknown): Piece {
  try {
    return { source, bytes: Buffer.from(JSON.stringify(value)) };
  } catch (error) {
    throw new CommandError(`${source} is nested too deeply: save it as NDJSON, one message per line.`, {
      cause: error,
    });
  }
}

/** A bare payload in an envelope, its own bytes untouched. Without a type it stays bare: brokers carry it beside. */
function asEnvelope(bytes: Uint8Array, messageType: string | null): Uint8Array {
  if (messageType === null) return bytes;
  const before = Buffer.from(`{"Headers":{"type":${JSON.stringify(messageType)}},"Payload":`);
  return Buffer.concat([before, withoutByteOrderMark(bytes), Buffer.from('}')]);
}

/** A product as OrderCloud's API lists it: without the prices and categories that a message has. */
function isApiProduct(value: JsonObject): boolean {
  return typeof value.ID === 'string' && propertyWithoutCase(value, 'ProductID') === undefined;
}

function notAMessage(source: string, { ID }: JsonObject): CommandError {
  return new CommandError(
    `${source} is a product of OrderCloud's API (it has ID, and no ProductID), not a message: it lacks prices, categories and specs. To have its message sent: ordercloud-product-sync resync ${JSON.stringify(ID)}`,
  );
}

/** An event as Event Hubs captures it, in JSON: https://learn.microsoft.com/azure/event-hubs/event-hubs-capture-overview */
function isCapturedEvent(value: JsonObject): boolean {
  return 'Body' in value && ('EnqueuedTimeUtc' in value || 'SequenceNumber' in value);
}

function fromCapturedEvent(event: JsonObject, source: string, messageType: string | null): MessageToSend {
  const properties = isJsonObject(event.Properties) ? event.Properties : {};
  const type = captured(propertyWithoutCase(properties, 'type'));
  const bytes = bytesOf(captured(event.Body));
  const json = jsonFromBytes(bytes);
  const isBare = json.ok && isJsonObject(json.value) && !isEnvelope(json.value);
  const body = isBare && messageType !== null ? asEnvelope(bytes, textOf(type) ?? messageType) : bytes;
  return { source, body, ...(textOf(type) !== null && { type: String(type) }) };
}

/** Some tools write a value with the name of its type: `{ "string": "…" }`. */
function captured(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  return Object.keys(value).length === 1 ? (value.string ?? value.bytes ?? value) : value;
}

/** Avro's tools write each byte as one character. */
function bytesOf(body: unknown): Uint8Array {
  if (typeof body !== 'string') return Buffer.from(JSON.stringify(body) ?? '');
  const asBytes = Buffer.from(body, 'latin1');
  return asBytes.toString('latin1') === body && isUtf8(asBytes) ? asBytes : Buffer.from(body);
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
