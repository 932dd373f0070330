import * as z from 'zod';
import type { Delivery } from '../src/message/delivery.ts';
import { isJsonObject, type JsonObject, jsonFromText } from '../src/message/json.ts';
import { fromUtc, unreadable } from './batch-handler.ts';

const WholeNumber = z.int().min(0);

/** A record as the extension hands it over, with its names in lower case. */
const KafkaRecord = z.object({
  topic: z.string().min(1),
  partition: WholeNumber,
  offset: WholeNumber,
  timestamp: z.string().catch(''),
  key: z.unknown().optional(),
  value: z.string().nullish(),
  headers: z.array(z.unknown()).catch([]),
});

/**
 * Converts one batch of the Kafka trigger, which may mix partitions, to deliveries; null if a person started the
 * invocation, not the broker.
 */
export function fromKafkaBatch(given: unknown): Delivery[] | null {
  const receivedAt = new Date().toISOString();
  // The library passes a batch as a list, and parses a record that is JSON text.
  const records = (Array.isArray(given) ? given : [given]).map(fieldsOf);
  // The portal's Test/Run and `POST /admin/functions/…` pass any text, in a record without a topic or alone.
  if (records.length > 0 && !records.some(({ topic }) => topic)) return null;
  return records.map((fields) => {
    const { data: record, error } = KafkaRecord.safeParse(fields);
    if (error) throw unreadable(`a record whose ${error.issues[0]?.path[0]?.toString()} cannot be used`);
    const { topic, partition, offset, timestamp, headers } = record;
    return {
      transport: 'kafka',
      stream: `kafka/${topic}/${partition}`,
      sequence: offset,
      time: toTime(timestamp),
      receivedAt,
      body: toBody(record),
      // The values stay in base64: only the rule for types reads them, and it decodes them.
      properties: Object.fromEntries(headers.map(fieldsOf).map(({ key, value }) => [String(key), value])),
    };
  });
}

/** Whoever spells the names in another case would otherwise pass for a person, and the records be lost. */
function fieldsOf(given: unknown): JsonObject {
  if (given instanceof Uint8Array) throw unreadable("bytes: the trigger's dataType must be string");
  const json = typeof given === 'string' ? jsonFromText(given, 'The record') : undefined;
  const record = json?.ok ? json.value : given;
  if (!isJsonObject(record)) return {};
  const fields: JsonObject = {};
  for (const [name, value] of Object.entries(record)) fields[name.toLowerCase()] = value;
  return fields;
}

/**
 * In UTC if it is a date, else the text itself. The producer may choose the timestamp, and an unusable one must not fail
 * the records beside it: the core makes it a dead letter.
 */
function toTime(timestamp: string): string {
  const time = fromUtc(timestamp);
  return Number.isNaN(time.getTime()) ? timestamp.slice(0, 40) : time.toISOString();
}

/** A null value with a key is how Kafka deletes from a compacted topic; without a key it is an empty message. */
function toBody({ key, value }: z.infer<typeof KafkaRecord>): Uint8Array | null {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  return key === null || key === undefined ? new Uint8Array() : null;
}
