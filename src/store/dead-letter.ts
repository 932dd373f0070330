import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { type Delivery, TRANSPORTS } from '../message/delivery.ts';
import type { StoreCallOptions } from './product-store.ts';

/** Why a message could not be processed. */
export const DEAD_LETTER_REASONS = [
  'invalid-json',
  'missing-type',
  'invalid-message',
  'invalid-time',
  'wrong-marketplace',
  'document-too-large',
  'unprocessable',
  'store-refused',
] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

/** A message that could not be processed, as the dead-letters container has it. */
export const DeadLetter = z.object({
  id: z.string().describe('SHA-256 (hex) of stream, sequence, time and body; on HTTP of the body.'),
  schemaVersion: z.literal(1),
  reason: z.enum(DEAD_LETTER_REASONS),
  detail: z.string(),
  issues: z.array(z.object({ path: z.string(), expected: z.string(), found: z.string() })),
  transport: z.enum(TRANSPORTS),
  stream: z.string(),
  sequence: z.number().nullable(),
  time: z.string().describe('On HTTP, of the last time that this body was rejected; so is `receivedAt`.'),
  messageType: z.string().nullable(),
  productId: z.string().nullable(),
  receivedAt: z.string(),
  attempts: z.int().describe('How often it has been processed, replays included.'),
  body: z.string(),
  bodyEncoding: z.enum(['utf-8', 'base64', 'gzip-base64']),
  bodyBytes: z.int().describe('Length of the whole body.'),
  bodySha256: z.string().describe('SHA-256 (hex) of the whole body.'),
  truncated: z.boolean().describe('Only the first part of the body could be kept: it cannot be replayed.'),
  ttl: z.int().describe('Seconds after which Cosmos DB removes it.'),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** A permanent failure of one message: what is wrong. Only `issues` contains anything of the payload. */
export type Rejection = Pick<DeadLetter, 'reason' | 'detail' | 'issues' | 'messageType' | 'productId'>;

/** The port to the dead-letters container. Errors are `StoreUnavailableError` only: a dead letter always fits. */
export type DeadLetterStore = {
  /**
   * Keeps a dead letter unless it exists already: redelivery by a broker changes nothing. But a webhook sent again is a
   * newer message with the same body, and so the same id: the kept one moves forward to its `time` and `receivedAt`,
   * never back, and its `ttl` starts again; its attempts and what is wrong stay.
   */
  keep(deadLetter: DeadLetter, options?: StoreCallOptions): Promise<void>;
};

/** Cosmos DB accepts items up to 2 MB; this leaves room for its system properties. */
const MAX_ITEM_BYTES = 2_000_000;
/** The most that the fields beside the body can take: 50 issues with paths, and a ProductID. */
const ROOM_FOR_OTHER_FIELDS = 50_000;
const MAX_BODY_JSON_BYTES = MAX_ITEM_BYTES - ROOM_FOR_OTHER_FIELDS;
const SECONDS_PER_DAY = 86_400;

/** The dead letter of a rejected delivery; always small enough to be stored. */
export function toDeadLetter(delivery: Delivery, rejection: Rejection, retentionDays: number): DeadLetter {
  const body = delivery.body ?? new Uint8Array();
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  return {
    id: deadLetterId(delivery, body, bodySha256),
    schemaVersion: 1,
    ...rejection,
    transport: delivery.transport,
    stream: delivery.stream,
    sequence: delivery.sequence,
    time: delivery.time,
    receivedAt: delivery.receivedAt,
    attempts: 1,
    ...storableBody(body),
    bodyBytes: body.byteLength,
    bodySha256,
    ttl: retentionDays * SECONDS_PER_DAY,
  };
}

/** The inverse: the bytes of the body as they came; if `truncated`, the first of them. */
export function bodyOf({ body, bodyEncoding }: Pick<DeadLetter, 'body' | 'bodyEncoding'>): Buffer {
  if (bodyEncoding === 'utf-8') return Buffer.from(body, 'utf8');
  const bytes = Buffer.from(body, 'base64');
  return bodyEncoding === 'gzip-base64' ? gunzipSync(bytes) : bytes;
}

/**
 * The id comes from the position and the body, so that redelivery finds the same dead letter, and a hub recreated under
 * the same name gets another. HTTP has no position: a webhook sent again is the same dead letter, moved forward in time.
 */
function deadLetterId(delivery: Delivery, body: Uint8Array, bodySha256: string): string {
  if (delivery.transport === 'http') return bodySha256;
  const position = JSON.stringify([delivery.stream, delivery.sequence, delivery.time]);
  return createHash('sha256').update(`${position}\n`).update(body).digest('hex');
}

type StorableBody = Pick<DeadLetter, 'body' | 'bodyEncoding' | 'truncated'>;

/** The body as it came if that fits; compressed if only that fits; else its first part. */
function storableBody(body: Uint8Array): StorableBody {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // No body is shorter as JSON: one that is too long as it came need not be written as JSON to know that.
  if (bytes.byteLength <= MAX_BODY_JSON_BYTES) {
    const plain: StorableBody = isUtf8(bytes)
      ? { body: bytes.toString('utf8'), bodyEncoding: 'utf-8', truncated: false }
      : { body: bytes.toString('base64'), bodyEncoding: 'base64', truncated: false };
    // JSON escapes quotes and control characters, so the length as JSON counts.
    if (Buffer.byteLength(JSON.stringify(plain.body)) <= MAX_BODY_JSON_BYTES) return plain;
  }

  // A body this large is an attack or an accident: the fastest level takes a tenth of the time for hardly more bytes.
  const compressed = gzipSync(bytes, { level: constants.Z_BEST_SPEED }).toString('base64');
  if (compressed.length <= MAX_BODY_JSON_BYTES) {
    return { body: compressed, bodyEncoding: 'gzip-base64', truncated: false };
  }
  const firstPart = bytes.subarray(0, Math.floor((MAX_BODY_JSON_BYTES / 4) * 3) - 3);
  return { body: firstPart.toString('base64'), bodyEncoding: 'base64', truncated: true };
}
