import rhea from 'rhea';
import { type Publication, toPublication } from '../../../../local/event-hubs/publication.ts';

/** The transfer that the SDK makes of a batch: an envelope with an encoded message for each event. */
export function envelopeOf(events: object[], annotations: object = {}): Buffer {
  const body = rhea.message.data_sections(events.map((event) => rhea.message.encode(event)));
  return rhea.message.encode({ body, message_annotations: annotations });
}

/** An event as the SDK encodes it. */
export function eventOf(body: string | Buffer, rest: object = {}): object {
  return { message_annotations: {}, ...rest, body: rhea.message.data_section(Buffer.from(body)) };
}

/** A publication of events with text bodies. */
export function publicationOf(...bodies: string[]): Publication {
  return toPublication(envelopeOf(bodies.map((body) => eventOf(body))));
}
