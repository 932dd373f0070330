import rhea from 'rhea';
import { type PublishedEvent, toPublication } from '../../../../local/event-hubs/publication.ts';

/** The transfer that the SDK makes of a batch: an envelope with an encoded message for each event. */
export function envelopeOf(events: object[], annotations: object = {}): Buffer {
  const body = rhea.message.data_sections(events.map((event) => rhea.message.encode(event)));
  return rhea.message.encode({ body, message_annotations: annotations });
}

/** An event as the SDK encodes it. */
export function eventOf(body: string | Buffer, rest: object = {}): object {
  return { message_annotations: {}, ...rest, body: rhea.message.data_section(Buffer.from(body)) };
}

/** Events with text bodies, as they come in. */
export function eventsOf(...bodies: string[]): PublishedEvent[] {
  return toPublication(envelopeOf(bodies.map((body) => eventOf(body))), true).events;
}
