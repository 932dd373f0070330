import { isUtf8 } from 'node:buffer';
import { unwrap } from '../../src/message/envelope.ts';
import {
  isJsonObject,
  type JsonObject,
  jsonFromBytes,
  jsonFromText,
  propertyWithoutCase,
} from '../../src/message/json.ts';
import { CommandError } from '../common/command-error.ts';
import type { MessageToSend } from './transport.ts';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A part of a file that holds one message, or several as a list. */
export type Piece = { source: string; bytes: Buffer };

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
  else if (isCapturedEvent(value)) yield* messagesInEvent(value, source, messageType);
  else if (isApiProduct(value)) throw notAMessage(source, value);
  else yield { source, body: messageType === null ? bytes : asEnvelope(bytes, messageType) };
}

/** Elements are written again: numbers become those of JavaScript, and NDJSON is for exact bytes. */
function* messagesInList(
  source: string,
  values: readonly unknown[],
  messageType: string | null,
): Generator<MessageToSend> {
  for (const [index, value] of values.entries()) {
    const element = { source: `${source}[${index}]`, bytes: Buffer.from(JSON.stringify(value)) };
    yield* messagesIn(element, messageType);
  }
}

/** A bare payload in an envelope, its own bytes untouched but for a byte order mark, which only a body may begin with. */
function asEnvelope(bytes: Buffer, messageType: string): Buffer {
  const isMarked = BYTE_ORDER_MARK.equals(bytes.subarray(0, BYTE_ORDER_MARK.length));
  const payload = isMarked ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
  const before = Buffer.from(`{"Headers":{"type":${JSON.stringify(messageType)}},"Payload":`);
  return Buffer.concat([before, payload, Buffer.from('}')]);
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

function* messagesInEvent(
  event: JsonObject,
  source: string,
  messageType: string | null,
): Generator<MessageToSend> {
  const properties = isJsonObject(event.Properties) ? event.Properties : {};
  const type = textOf(captured(propertyWithoutCase(properties, 'type')));
  const piece = { source, bytes: bytesOf(captured(event.Body)) };
  for (const message of messagesIn(piece, messageType && (type ?? messageType))) {
    yield { ...message, ...(type !== null && { type }) };
  }
}

/** Some tools write a value with the name of its type: `{ "string": "…" }`. */
function captured(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  return Object.keys(value).length === 1 ? (value.string ?? value.bytes ?? value) : value;
}

/** Avro's tools write each byte as one character. */
function bytesOf(body: unknown): Buffer {
  if (typeof body !== 'string') return Buffer.from(JSON.stringify(body) ?? '');
  const asBytes = Buffer.from(body, 'latin1');
  return asBytes.toString('latin1') === body && isUtf8(asBytes) ? asBytes : Buffer.from(body);
}

/** OrderCloud's envelope, or a structured CloudEvent, which the receiver takes as well. */
function isEnvelope(value: JsonObject): boolean {
  return unwrap(value).payload !== value;
}

/**
 * What OrderCloud's deliveries to brokers publish beside a message: its type, and its product as a key. `bareType` is for
 * payloads that come without an envelope. A message that names no type has none beside it either: what comes of it is
 * worth seeing.
 */
export function typeAndProductOf(
  { body, type: typeBeside }: Pick<MessageToSend, 'body' | 'type'>,
  bareType: string,
): { type: string | null; productId: string | null } {
  const json = jsonFromBytes(body);
  if (!json.ok || !isJsonObject(json.value)) return { type: null, productId: null };
  const { headers, cloudEventType, payload } = unwrap(json.value);
  const type = isEnvelope(json.value)
    ? (textOf(propertyWithoutCase(headers, 'type')) ?? cloudEventType)
    : (typeBeside ?? bareType);
  return { type, productId: productIdIn(payload) };
}

/** As it stands: also an ID that is not valid keeps the messages of one product together. */
function productIdIn(payload: unknown): string | null {
  const json = typeof payload === 'string' ? jsonFromText(payload, 'The payload') : null;
  const product = json?.ok ? json.value : payload;
  return isJsonObject(product) ? textOf(propertyWithoutCase(product, 'ProductID')) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
