import rhea, { type Typed } from 'rhea';
import type * as codec from 'rhea/typings/types.js';
import { Refusal } from './refusal.ts';

/** Where an event lies in its partition. */
export interface EventPosition {
  sequenceNumber: number;
  /** Bytes stored in the partition before it, over its whole life; on the wire a string. */
  offset: number;
  /** Milliseconds since 1970. */
  enqueuedTime: number;
}

/** An event as it is kept: encoded just as it goes out to consumers. */
export interface StoredEvent extends EventPosition {
  message: Buffer;
}

/** An event as it came in. */
export interface PublishedEvent {
  header: Buffer;
  /** By name. Each keeps its AMQP type. */
  annotations: Record<string, Typed>;
  /** Properties, application properties, body and footer, byte for byte as they came. */
  bare: Buffer;
}

/** What one transfer brings: events that are stored together or not at all. */
export interface Publication {
  events: PublishedEvent[];
  partitionKey: string | undefined;
}

/** rhea's own codec, which its types leave out. */
const { Reader, Writer } = rhea.types as unknown as Pick<typeof codec, 'Reader' | 'Writer'>;

/** The sections of a message that the broker must tell apart (AMQP 1.0, part 3.2). */
const HEADER = 0x70;
const MESSAGE_ANNOTATIONS = 0x72;
const PROPERTIES = 0x73;
const DATA = 0x75;

/**
 * Reads a transfer: one event, or in the batch format 0x80013700 an envelope with one data section per event, each of
 * which is a complete encoded message. Only annotations are decoded, so that bodies and the types of properties reach
 * the consumer exactly as they were sent.
 */
export function toPublication(transfer: Buffer, isBatch: boolean): Publication {
  try {
    const whole = toEvent(transfer);
    const events = isBatch ? eventsIn(whole.bare) : [whole];
    if (events.length === 0) throw new Error('There is no event.');
    return { events, partitionKey: whole.annotations['x-opt-partition-key']?.value };
  } catch (cause) {
    throw new Refusal('amqp:decode-error', 'The publication is neither an event nor a batch.', { cause });
  }
}

/** Annotates an event with its position, and overwrites what its publisher says of one. */
export function toStoredEvent(event: PublishedEvent, position: EventPosition): StoredEvent {
  const { wrap_long, wrap_timestamp, wrap_symbolic_map, wrap_ulong, described } = rhea.types;
  const annotations = wrap_symbolic_map({
    ...event.annotations,
    'x-opt-sequence-number': wrap_long(position.sequenceNumber),
    'x-opt-offset': String(position.offset),
    'x-opt-enqueued-time': wrap_timestamp(position.enqueuedTime),
  });
  const writer = new Writer();
  writer.write(described(wrap_ulong(MESSAGE_ANNOTATIONS), annotations));
  return { ...position, message: Buffer.concat([event.header, writer.toBuffer(), event.bare]) };
}

function eventsIn(sections: Buffer): PublishedEvent[] {
  return [...sectionsOf(sections)].filter(({ code }) => code === DATA).map(({ value }) => toEvent(value));
}

function toEvent(message: Buffer): PublishedEvent {
  let header: Buffer = Buffer.alloc(0);
  let annotations = {};
  for (const { code, start, end, value } of sectionsOf(message)) {
    if (code === HEADER) header = message.subarray(start, end);
    if (code === MESSAGE_ANNOTATIONS) annotations = toAnnotations(value);
    if (code >= PROPERTIES) return { header, annotations, bare: message.subarray(start) };
  }
  throw new Error('An event has no body.');
}

function* sectionsOf(message: Buffer) {
  const reader = new Reader(message);
  while (reader.remaining() > 0) {
    const start = reader.position;
    const { descriptor, value } = reader.read();
    // rhea does not check that a value ends within the message.
    if (reader.remaining() < 0) throw new Error('A section is cut short.');
    yield { code: Number(descriptor.value), start, end: reader.position, value };
  }
}

function toAnnotations(keysAndValues: Typed[]): Record<string, Typed> {
  const annotations: Record<string, Typed> = {};
  keysAndValues.forEach((key, at) => {
    if (at % 2 === 0) annotations[key.value] = keysAndValues[at + 1] as Typed;
  });
  return annotations;
}
