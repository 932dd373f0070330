import type { Delivery } from '../src/message/delivery.ts';
import { isJsonObject, type JsonObject, jsonFromText, propertyWithoutCase } from '../src/message/json.ts';

/**
 * Converts one batch of the Kafka trigger, which may mix partitions, to deliveries; null if a person started the
 * invocation, not the broker. It never invents a position: one that it cannot read fails the invocation.
 */
export function fromKafkaBatch(given: unknown): Delivery[] | null {
  const receivedAt = new Date().toISOString();
  // The library passes a batch as a list, and parses a record that is JSON text.
  const records = (Array.isArray(given) ? given : [given]).map(toRecord);
  if (isInvokedByHand(records)) return null;
  return records.map((record) => toDelivery(record, receivedAt));
}

/**
 * The portal's Test/Run and `POST /admin/functions/…` pass any text, in a record without a topic or alone. A broker
 * names the topic of every record.
 */
function isInvokedByHand(records: readonly (JsonObject | undefined)[]): boolean {
  const isOfTopic = (record = {}) => isText(propertyWithoutCase(record, 'Topic'));
  return records.length > 0 && !records.some(isOfTopic);
}

function toDelivery(record: JsonObject | undefined, receivedAt: string): Delivery {
  if (record === undefined) throw unreadable('a record that is no JSON object');
  const field = (name: string) => propertyWithoutCase(record, name);
  const partition = toWholeNumber(field('Partition'), 'partition');
  return {
    transport: 'kafka',
    stream: `kafka/${toTopic(field('Topic'))}/${partition}`,
    sequence: toWholeNumber(field('Offset'), 'offset'),
    time: toTime(field('Timestamp')),
    receivedAt,
    body: toBody(field('Value'), field('Key')),
    properties: toProperties(field('Headers')),
  };
}

function toRecord(given: unknown): JsonObject | undefined {
  if (given instanceof Uint8Array) throw unreadable("bytes: the trigger's dataType must be string");
  const json = typeof given === 'string' ? jsonFromText(given, 'The record') : undefined;
  const record = json === undefined ? given : json.ok && json.value;
  return isJsonObject(record) ? record : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function toTopic(value: unknown): string {
  if (isText(value)) return value;
  throw unreadable('a record without a topic');
}

function toWholeNumber(value: unknown, name: string): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (Number.isSafeInteger(number) && (number as number) >= 0) return number as number;
  throw unreadable(`a record whose ${name} is no whole number`);
}

/**
 * In UTC if it is a date, else the text itself. The producer may choose the timestamp, and an unusable one must not fail
 * the records beside it: the core makes it a dead letter.
 */
function toTime(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  const time = new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(time.getTime()) ? text.slice(0, 40) : time.toISOString();
}

/** A null value with a key is how Kafka deletes from a compacted topic; without a key it is an empty message. */
function toBody(value: unknown, key: unknown): Uint8Array | null {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (value !== null && value !== undefined) throw unreadable('a record whose value is no text');
  return key === null || key === undefined ? new Uint8Array() : null;
}

/** The values stay in base64: only the rule for types reads them, and it decodes them. */
function toProperties(headers: unknown): Record<string, unknown> {
  if (isJsonObject(headers)) return headers;
  if (!Array.isArray(headers)) return {};
  return Object.fromEntries(
    headers
      .filter(isJsonObject)
      .map((header) => [String(propertyWithoutCase(header, 'Key')), propertyWithoutCase(header, 'Value')]),
  );
}

function unreadable(what: string): Error {
  return new Error(`The Kafka trigger handed over ${what}. Nothing was processed.`);
}
