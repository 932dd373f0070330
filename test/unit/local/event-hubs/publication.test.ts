import rhea from 'rhea';
import { describe, expect, test } from 'vitest';
import { toPublication, toStoredEvent } from '../../../../local/event-hubs/publication.ts';
import { Refusal } from '../../../../local/event-hubs/refusal.ts';
import { envelopeOf, eventOf } from './publications.ts';

const POSITION = { sequenceNumber: 4711, offset: 2 ** 40, enqueuedTime: Date.UTC(2026, 0, 31) };

/** What a consumer would decode of a publication that is stored at `POSITION`. */
function stored(envelope: Buffer) {
  return toPublication(envelope, true).events.map((event) => toStoredEvent(event, POSITION));
}

describe('a stored event', () => {
  test('goes out with its position added and everything else as it came', () => {
    const properties = {
      text: 'ü€',
      small: 7,
      big: 2 ** 40,
      negative: -3,
      half: 0.5,
      yes: true,
      nothing: null,
    };
    const sent = eventOf(Buffer.from([0, 1, 0x53, 0x75, 255]), {
      durable: true,
      message_annotations: { custom: 'kept' },
      message_id: 'm-1',
      application_properties: properties,
    });
    const [event] = stored(envelopeOf([sent]));
    const received = rhea.message.decode(event?.message ?? Buffer.alloc(0));
    expect(received).toMatchObject({ durable: true, message_id: 'm-1', application_properties: properties });
    expect(received.message_annotations).toEqual({
      'x-opt-sequence-number': 4711,
      'x-opt-offset': String(2 ** 40),
      'x-opt-enqueued-time': new Date(POSITION.enqueuedTime),
      custom: 'kept',
    });
    expect(received.body.content).toEqual(Buffer.from([0, 1, 0x53, 0x75, 255]));
  });

  test("keeps the publisher's exact number types", () => {
    const body = rhea.types.wrap_ubyte(7);
    const event = {
      message_annotations: {},
      application_properties: { n: rhea.types.wrap_float(1.5) },
      body,
    };
    const before = rhea.message.encode(event);
    const after = stored(envelopeOf([event]))[0]?.message ?? Buffer.alloc(0);
    const bareFrom = (bytes: Buffer) => bytes.subarray(bytes.indexOf(Buffer.from([0x00, 0x53, 0x73])));
    expect(bareFrom(after)).toEqual(bareFrom(before));
  });

  test("does not carry a publisher's own claim to a position", () => {
    const annotations = {
      'x-opt-sequence-number': 1,
      'x-opt-offset': '1',
      'x-opt-enqueued-time': new Date(0),
    };
    const [event] = stored(envelopeOf([eventOf('{}', { message_annotations: annotations })]));
    const received = rhea.message.decode(event?.message ?? Buffer.alloc(0));
    expect(received.message_annotations).toMatchObject({ 'x-opt-sequence-number': 4711 });
    expect(Object.keys(received.message_annotations ?? {})).toHaveLength(3);
  });
});

describe('a publication', () => {
  test('goes by the key of its envelope, or of its only event', () => {
    const keyed = eventOf('{}', { message_annotations: { 'x-opt-partition-key': 'inner' } });
    const keyOf = (transfer: Buffer, isBatch: boolean) => toPublication(transfer, isBatch).partitionKey;
    expect(keyOf(rhea.message.encode(keyed), false)).toBe('inner');
    expect(keyOf(envelopeOf([keyed], { 'x-opt-partition-key': 'outer' }), true)).toBe('outer');
    expect(keyOf(envelopeOf([eventOf('{}')]), true)).toBeUndefined();
  });

  test('may be one event alone', () => {
    const { events } = toPublication(rhea.message.encode(eventOf('{}', { message_id: 'm-1' })), false);
    const received = events.map((event) => rhea.message.decode(toStoredEvent(event, POSITION).message));
    expect(received).toMatchObject([
      { message_id: 'm-1', message_annotations: { 'x-opt-sequence-number': 4711 } },
    ]);
    expect(received[0]?.body.content).toEqual(Buffer.from('{}'));
  });

  const dataSection = (bytes: Buffer) =>
    Buffer.concat([Buffer.from([0, 0x53, 0x75, 0xa0, bytes.length]), bytes]);

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['no event', envelopeOf([])],
    ['bytes that are no section', Buffer.from('GET / HTTP/1.1')],
    ['an event without a body', dataSection(Buffer.alloc(0))],
    ['an event that is not a message', dataSection(Buffer.from('{}'))],
    ['an unknown section', Buffer.from([0, 0x53, 0x10, 0x45])],
    [
      'annotations that are not a map',
      Buffer.concat([Buffer.from([0, 0x53, 0x72, 0x40]), envelopeOf([eventOf('')])]),
    ],
    ['descriptors nested beyond the stack', Buffer.alloc(1_000_000)],
  ])('of %s is refused', (_, envelope) => {
    expect(() => toPublication(envelope, true)).toThrow(
      expect.objectContaining({ condition: 'amqp:decode-error' }),
    );
  });

  test('that is cut short or altered anywhere is refused or read, but never fails otherwise', () => {
    const whole = envelopeOf([
      eventOf('{"ID":1}', { application_properties: { a: 1, b: 'two' } }),
      eventOf('2'),
    ]);
    const refusesOrReads = (envelope: Buffer) => {
      try {
        expect(toPublication(envelope, true).events.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    };
    for (let at = 0; at < whole.length; at += 1) {
      refusesOrReads(whole.subarray(0, at));
      for (const byte of [0x00, 0x45, 0xd1, 0xff]) {
        const altered = Buffer.from(whole);
        altered[at] = byte;
        refusesOrReads(altered);
      }
    }
  });
});
