import { SECTION, type Section, sectionsOf, toBytes, toPairs, toText } from './amqp-sections.ts';
import { Refusal } from './refusal.ts';

/** One event of a publication: its bytes around the annotations, and the annotations one by one. */
export interface PublishedEvent {
  header: Buffer;
  annotations: Annotation[];
  /** Properties, application properties, body and footer, byte for byte as they came. */
  bare: Buffer;
}

/** A message annotation, key and value still encoded. */
export interface Annotation {
  name: string;
  key: Buffer;
  value: Buffer;
}

/** What one transfer brings: events that are stored together or not at all. */
export interface Publication {
  events: PublishedEvent[];
  partitionKey: string | undefined;
}

export const PARTITION_KEY = 'x-opt-partition-key';

/**
 * Reads a transfer of the batch format 0x80013700: an envelope with one data section per event, each of
 * which is a complete encoded message. Nothing is decoded but annotations, so that bodies and property types
 * reach the consumer exactly as they were sent.
 */
export function toPublication(envelope: Buffer): Publication {
  try {
    const sections = sectionsOf(envelope);
    const events = sections
      .filter((section) => section.code === SECTION.data)
      .map((section) => toEvent(toBytes(envelope.subarray(section.value, section.end))));
    const [first] = events;
    if (first === undefined) throw new Refusal('amqp:decode-error', 'The publication holds no event.');
    const annotations = [...annotationsOf(envelope, sections), ...first.annotations];
    return { events, partitionKey: findText(annotations, PARTITION_KEY) };
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    // Reading past the end of a buffer, or nesting beyond the stack: the sender's fault, not ours.
    throw new Refusal('amqp:decode-error', 'The publication is not an encoded batch of events.', { cause });
  }
}

function findText(annotations: Annotation[], name: string): string | undefined {
  const annotation = annotations.find((candidate) => candidate.name === name);
  return annotation && toText(annotation.value);
}

function toEvent(message: Buffer): PublishedEvent {
  const sections = sectionsOf(message);
  const bareFrom = sections.findIndex((section) => section.code >= SECTION.properties);
  const bare = sections[bareFrom];
  if (bare === undefined) throw new Refusal('amqp:decode-error', 'An event has no body.');
  if (sections.slice(bareFrom).some((section) => section.code < SECTION.properties)) {
    throw new Refusal('amqp:decode-error', 'The sections of an event are out of order.');
  }
  const header = sections.find((section) => section.code === SECTION.header);
  return {
    header: header ? message.subarray(header.start, header.end) : Buffer.alloc(0),
    annotations: annotationsOf(message, sections),
    bare: message.subarray(bare.start),
  };
}

function annotationsOf(message: Buffer, sections: Section[]): Annotation[] {
  return sections
    .filter((section) => section.code === SECTION.messageAnnotations)
    .flatMap((section) => toPairs(message.subarray(section.value, section.end)))
    .map((pair) => ({ name: toText(pair.key) ?? '', ...pair }));
}
