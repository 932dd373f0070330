import { long, mapSection, string, symbol, timestamp } from './amqp-encoding.ts';
import { SECTION } from './amqp-sections.ts';
import { PARTITION_KEY, type Publication, type PublishedEvent } from './publication.ts';

/** Where an event lies in its partition. */
export interface EventPosition {
  sequenceNumber: number;
  /** Bytes stored in the partition before it, over its whole life; on the wire a string. */
  offset: number;
  /** Milliseconds since 1970; never less than that of an earlier event of the partition. */
  enqueuedTime: number;
}

/** An event as it is kept: encoded just as it goes out to consumers. */
export interface StoredEvent extends EventPosition {
  message: Buffer;
  /** Length of the header section, after which delivery annotations go. */
  headerLength: number;
}

/** What the service says about a partition that has never held an event. */
export const BEFORE_FIRST_EVENT: EventPosition = { sequenceNumber: -1, offset: -1, enqueuedTime: 0 };

const SEQUENCE_NUMBER = symbol('x-opt-sequence-number');
const OFFSET = symbol('x-opt-offset');
const ENQUEUED_TIME = symbol('x-opt-enqueued-time');
const KEY = symbol(PARTITION_KEY);

/** Annotations that only the broker sets: a publisher's own would contradict them. */
const BROKER_ANNOTATIONS = new Set(['x-opt-sequence-number', 'x-opt-offset', 'x-opt-enqueued-time']);

/** The events of a publication as they are kept, the first of them at `position`. */
export function toStoredEvents(publication: Publication, position: EventPosition): StoredEvent[] {
  let { sequenceNumber, offset } = position;
  return publication.events.map((event) => {
    const place = { ...position, sequenceNumber, offset };
    const message = Buffer.concat(toMessageParts(event, place, publication.partitionKey));
    sequenceNumber += 1;
    offset += message.length;
    return { ...place, message, headerLength: event.header.length };
  });
}

/** The parts of an event's encoding with its position annotated; types as the SDK for JavaScript reads them. */
function toMessageParts(
  event: PublishedEvent,
  position: EventPosition,
  partitionKey: string | undefined,
): Buffer[] {
  const pairs = [
    [SEQUENCE_NUMBER, long(position.sequenceNumber)],
    [OFFSET, string(String(position.offset))],
    [ENQUEUED_TIME, timestamp(position.enqueuedTime)],
  ];
  for (const { name, key, value } of event.annotations) {
    if (!BROKER_ANNOTATIONS.has(name)) pairs.push([key, value]);
  }
  if (partitionKey !== undefined && !event.annotations.some(({ name }) => name === PARTITION_KEY)) {
    pairs.push([KEY, string(partitionKey)]);
  }
  return [event.header, ...mapSection(SECTION.messageAnnotations, pairs), event.bare];
}

const LAST_SEQUENCE_NUMBER = symbol('last_enqueued_sequence_number');
const LAST_OFFSET = symbol('last_enqueued_offset');
const LAST_TIME = symbol('last_enqueued_time_utc');
const RETRIEVED = symbol('runtime_info_retrieval_time_utc');

/** The event with the partition's last position as delivery annotations, for consumers that track it. */
export function withLastEnqueued(event: StoredEvent, last: EventPosition, now: number): Buffer {
  const annotations = mapSection(SECTION.deliveryAnnotations, [
    [LAST_SEQUENCE_NUMBER, long(last.sequenceNumber)],
    [LAST_OFFSET, string(String(last.offset))],
    [LAST_TIME, timestamp(last.enqueuedTime)],
    [RETRIEVED, timestamp(now)],
  ]);
  return Buffer.concat([
    event.message.subarray(0, event.headerLength),
    ...annotations,
    event.message.subarray(event.headerLength),
  ]);
}
