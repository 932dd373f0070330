import { crc32 } from 'node:zlib';
import type { Publication } from './publication.ts';
import { type EventPosition, type StoredEvent, toMessageParts } from './stored-event.ts';

/**
 * One publication on disk and in memory. Numbers are big-endian; a double holds every integer to 2^53.
 *
 *     u32 length of the rest · u32 CRC-32 of the rest
 *     double sequence number, offset, enqueued time of the first event
 *     double producer id (0: none) · i16 its epoch · i32 its number for the first event
 *     u32 number of events, then for each: u32 length of the header section, u32 length, the message
 *
 * A whole publication is one record, so that a crash leaves all of its events or none.
 */
const FRAME_BYTES = 8;
const HEAD_BYTES = FRAME_BYTES + 42;
const EVENT_HEAD_BYTES = 8;

/** The publishing client's own numbering, for recognizing a publication that is sent again. */
export interface ProducerMark {
  id: number;
  epoch: number;
  sequenceNumber: number;
}

/** A publication with the positions it was given. */
export interface StoredPublication {
  events: StoredEvent[];
  producer: ProducerMark | undefined;
}

/** Encodes a publication whose first event lies at `position`. */
export function toRecord(publication: Publication, position: EventPosition, producer?: ProducerMark): Buffer {
  const parts = [writeHead(position, publication.events.length, producer)];
  let { sequenceNumber, offset } = position;
  for (const event of publication.events) {
    const message = toMessageParts(event, { ...position, sequenceNumber, offset }, publication.partitionKey);
    const length = message.reduce((sum, part) => sum + part.length, 0);
    const eventHead = Buffer.allocUnsafe(EVENT_HEAD_BYTES);
    eventHead.writeUInt32BE(event.header.length, 0);
    eventHead.writeUInt32BE(length, 4);
    parts.push(eventHead, ...message);
    sequenceNumber += 1;
    offset += length;
  }
  const record = Buffer.concat(parts);
  record.writeUInt32BE(record.length - FRAME_BYTES, 0);
  record.writeUInt32BE(crc32(record.subarray(FRAME_BYTES)), 4);
  return record;
}

/** Decodes a record; its events share the record's memory. */
export function fromRecord(record: Buffer): StoredPublication {
  let sequenceNumber = record.readDoubleBE(FRAME_BYTES);
  let offset = record.readDoubleBE(FRAME_BYTES + 8);
  const enqueuedTime = record.readDoubleBE(FRAME_BYTES + 16);
  const count = record.readUInt32BE(FRAME_BYTES + 38);
  const events: StoredEvent[] = [];
  let at = HEAD_BYTES;
  for (; events.length < count; sequenceNumber += 1) {
    const headerLength = record.readUInt32BE(at);
    const end = at + EVENT_HEAD_BYTES + record.readUInt32BE(at + 4);
    const message = record.subarray(at + EVENT_HEAD_BYTES, end);
    events.push({ sequenceNumber, offset, enqueuedTime, headerLength, message });
    offset += message.length;
    at = end;
  }
  return { events, producer: readProducer(record) };
}

/** The intact record that starts at a position of a file's contents; undefined if it is torn or damaged. */
export function recordAt(contents: Buffer, position: number): Buffer | undefined {
  if (contents.length - position < HEAD_BYTES) return undefined;
  const end = position + FRAME_BYTES + contents.readUInt32BE(position);
  if (end > contents.length || end < position + HEAD_BYTES) return undefined;
  const intact =
    crc32(contents.subarray(position + FRAME_BYTES, end)) === contents.readUInt32BE(position + 4);
  return intact ? contents.subarray(position, end) : undefined;
}

/** Whether an intact record follows a broken one: then the broken one was not torn by a crash, but damaged. */
export function isFollowedByRecord(contents: Buffer, position: number): boolean {
  if (contents.length - position < FRAME_BYTES) return false;
  return recordAt(contents, position + FRAME_BYTES + contents.readUInt32BE(position)) !== undefined;
}

function writeHead(position: EventPosition, count: number, producer: ProducerMark | undefined): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeDoubleBE(position.sequenceNumber, FRAME_BYTES);
  head.writeDoubleBE(position.offset, FRAME_BYTES + 8);
  head.writeDoubleBE(position.enqueuedTime, FRAME_BYTES + 16);
  head.writeDoubleBE(producer?.id ?? 0, FRAME_BYTES + 24);
  head.writeInt16BE(producer?.epoch ?? 0, FRAME_BYTES + 32);
  head.writeInt32BE(producer?.sequenceNumber ?? 0, FRAME_BYTES + 34);
  head.writeUInt32BE(count, FRAME_BYTES + 38);
  return head;
}

function readProducer(record: Buffer): ProducerMark | undefined {
  const id = record.readDoubleBE(FRAME_BYTES + 24);
  if (id === 0) return undefined;
  return {
    id,
    epoch: record.readInt16BE(FRAME_BYTES + 32),
    sequenceNumber: record.readInt32BE(FRAME_BYTES + 34),
  };
}
