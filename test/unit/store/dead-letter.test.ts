import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/message/delivery.ts';
import { DeadLetter, type Rejection, toDeadLetter } from '../../../src/store/dead-letter.ts';
import { prepare } from '../../../src/sync/prepare.ts';
import { envelope, eventHubDelivery, httpDelivery } from '../../support/deliveries.ts';

const NOT_JSON = Buffer.from('{"ProductID":');
const TWO_MIB = 2 * 1024 * 1024;

const REJECTION: Rejection = {
  reason: 'invalid-json',
  detail: 'The body is not JSON (it ends too early).',
  issues: [],
  messageType: null,
  productId: null,
};

const AT: Partial<Delivery> = { sequence: 4711, time: '2026-11-22T09:30:00.000Z', body: NOT_JSON };
const onEventHub = (at: Partial<Delivery> = {}) => eventHubDelivery({ payload: null }, { ...AT, ...at });

const deadLetterOf = (body: Uint8Array, rejection = REJECTION) =>
  toDeadLetter(httpDelivery(body), rejection, 30);
const bytesOf = (deadLetter: DeadLetter) => Buffer.byteLength(JSON.stringify(deadLetter));

/** The body that a dead letter keeps, or its first part. */
function keptBody({ body, bodyEncoding }: DeadLetter): Buffer {
  if (bodyEncoding === 'utf-8') return Buffer.from(body, 'utf8');
  const bytes = Buffer.from(body, 'base64');
  return bodyEncoding === 'base64' ? bytes : gunzipSync(bytes);
}

/** Bytes that nothing compresses, the same in every run. */
function noise(length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    createHash('sha256').update(String(index)).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

describe('the id of a dead letter', () => {
  // Known answers: printf '["eventhub/products/0",4711,"2026-11-22T09:30:00.000Z"]\n{"ProductID":' | sha256sum
  it.each([
    [
      'is of stream, sequence, time and body',
      onEventHub(),
      'd2b6ab29bbf6a747a82812b4ead70a2867fc67b6a82f840543cc9bc1662a0d13',
    ],
    [
      'is of a Kafka record’s position too, with offset 0',
      onEventHub({ transport: 'kafka', stream: 'kafka/products/3', sequence: 0 }),
      '6df7522538e4c334ef0b09252768ba2bb3d8bca102719b8519190024a6de4cb0',
    ],
    [
      'is another for another sequence',
      onEventHub({ sequence: 4712 }),
      '5aa97b081a762abe6648e8eacea58c6fad3a501b986d4193c483917802d9c28d',
    ],
    [
      'is of the position, where the body is empty',
      onEventHub({ body: new Uint8Array() }),
      '3038b7204bed5be7b1f440d546faa71c2e3f16524418cddd20d208e4f39b3189',
    ],
    [
      'is of the body only on HTTP',
      httpDelivery(NOT_JSON),
      'a877597572c1c8cf1bdaa125c8d60b71bb77d46171ce65046d4c9ff2b609c714',
    ],
    [
      'is of an empty body on HTTP',
      httpDelivery(new Uint8Array()),
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ],
  ])('%s', (_, delivery, id) => {
    expect(toDeadLetter(delivery, REJECTION, 30).id).toBe(id);
  });

  it('is the same whenever, and for whatever reason, a delivery comes again', () => {
    const id = toDeadLetter(onEventHub(), REJECTION, 30).id;
    const again = onEventHub({ receivedAt: '2027-01-01T00:00:00.000Z', properties: {} });
    expect(toDeadLetter(again, { ...REJECTION, reason: 'store-refused' }, 7).id).toBe(id);
    const webhook = httpDelivery(NOT_JSON, { time: '2027-01-01T00:00:00.000Z' });
    expect(toDeadLetter(webhook, REJECTION, 30).id).toBe(deadLetterOf(NOT_JSON).id);
  });

  it.each([
    ['stream', { stream: 'eventhub/products/1' }],
    ['sequence', { sequence: 4710 }],
    ['time', { time: '2026-11-22T09:30:00.001Z' }],
    ['body', { body: Buffer.from('{"ProductID": ') }],
  ])('is another for another %s', (_, at) => {
    expect(toDeadLetter(onEventHub(at), REJECTION, 30).id).not.toBe(
      toDeadLetter(onEventHub(), REJECTION, 30).id,
    );
  });
});

describe('a dead letter', () => {
  it('tells where it came from, and why it is here', () => {
    expect(toDeadLetter(onEventHub(), { ...REJECTION, productId: 'AEROPRESS-GO' }, 30)).toEqual({
      id: 'd2b6ab29bbf6a747a82812b4ead70a2867fc67b6a82f840543cc9bc1662a0d13',
      schemaVersion: 1,
      reason: 'invalid-json',
      detail: 'The body is not JSON (it ends too early).',
      issues: [],
      transport: 'eventhub',
      stream: 'eventhub/products/0',
      sequence: 4711,
      time: '2026-11-22T09:30:00.000Z',
      messageType: null,
      productId: 'AEROPRESS-GO',
      receivedAt: '2026-11-22T12:00:00.000Z',
      attempts: 1,
      body: '{"ProductID":',
      bodyEncoding: 'utf-8',
      bodyBytes: 13,
      bodySha256: 'a877597572c1c8cf1bdaa125c8d60b71bb77d46171ce65046d4c9ff2b609c714',
      truncated: false,
      ttl: 2_592_000,
    });
  });

  it('carries the issues of an invalid message', () => {
    const body = envelope({ productId: 'AEROPRESS-GO', Name: 7, Specs: [{}] });
    const prepared = prepare(httpDelivery(body), null);
    if (prepared.kind !== 'rejected') throw new Error(prepared.kind);
    expect(toDeadLetter(httpDelivery(body), prepared.rejection, 1)).toMatchObject({
      reason: 'invalid-message',
      messageType: 'sitecore.ordercloud.messages.product.updated',
      productId: 'AEROPRESS-GO',
      sequence: null,
      issues: [
        { path: 'Name', expected: 'a string', found: 'the number 7' },
        { path: 'Specs[0].ID', expected: 'a string that is not empty', found: 'nothing' },
      ],
      ttl: 86_400,
    });
  });

  it('keeps none of the transport’s properties, which may hold keys', () => {
    const properties = { 'x-functions-key': 'secret-key', authorization: 'secret-token' };
    expect(JSON.stringify(toDeadLetter(onEventHub({ properties }), REJECTION, 30))).not.toMatch(/secret-/);
  });
});

describe('a body', () => {
  it.each([
    ['text', Buffer.from('{"Name":"Café ☕"}'), 'utf-8', '{"Name":"Café ☕"}'],
    ['a byte order mark and text', Buffer.from('\ufeff{"ProductID":'), 'utf-8', '\ufeff{"ProductID":'],
    ['control characters', Buffer.from('a\u0000\r\n"\\'), 'utf-8', 'a\u0000\r\n"\\'],
    ['nothing', Buffer.alloc(0), 'utf-8', ''],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x00]), 'base64', 'e/8A'],
    ['half a character', Buffer.from('☕').subarray(0, 2), 'base64', '4pg='],
  ])('of %s is kept as it came', (_, body, bodyEncoding, kept) => {
    const deadLetter = deadLetterOf(body);
    expect(deadLetter).toMatchObject({ body: kept, bodyEncoding, truncated: false, bodyBytes: body.length });
    expect(keptBody(deadLetter)).toEqual(body);
  });

  it('that is a view into a larger buffer is kept as the view', () => {
    const view = new Uint8Array(Buffer.from('xx{"Pxx')).subarray(2, 5);
    expect(deadLetterOf(view)).toMatchObject({ body: '{"P', bodyBytes: 3 });
  });

  it('with a byte order mark has the hash of its bytes', () => {
    expect(deadLetterOf(Buffer.from('\ufeff{"ProductID":')).bodySha256).toBe(
      '4728464486f9ab12571bc3f5d80b7d04ae3c59dd61fd0ba11d392687787a2812',
    );
  });

  it.each([
    ['1 MiB of text', Buffer.alloc(TWO_MIB / 2, 'coffee '), 'utf-8'],
    ['1 MiB of noise', noise(TWO_MIB / 2), 'base64'],
    ['2 MiB of text', Buffer.alloc(TWO_MIB, 'coffee '), 'gzip-base64'],
    ['2 MiB of quotes', Buffer.alloc(TWO_MIB, '"'), 'gzip-base64'],
    ['2 MiB of control characters', Buffer.alloc(TWO_MIB, '\u0001'), 'gzip-base64'],
    [
      '350,000 control characters, which JSON makes 2,100,000',
      Buffer.alloc(350_000, '\u0001'),
      'gzip-base64',
    ],
    ['2 MiB of bytes that are not UTF-8', Buffer.alloc(TWO_MIB, 0xff), 'gzip-base64'],
    ['20 MiB of text', Buffer.alloc(10 * TWO_MIB, 'coffee '), 'gzip-base64'],
  ])('of %s is kept whole, and fits', (_, body, bodyEncoding) => {
    const deadLetter = deadLetterOf(body);
    expect(deadLetter).toMatchObject({ bodyEncoding, truncated: false, bodyBytes: body.length });
    expect(keptBody(deadLetter).equals(body)).toBe(true);
    expect(bytesOf(deadLetter)).toBeLessThanOrEqual(2_000_000);
  });

  it.each([
    ['random bytes', noise(TWO_MIB)],
    ['random text', Buffer.from(noise(TWO_MIB).toString('base64')).subarray(0, TWO_MIB)],
    ['random control characters and quotes', noise(TWO_MIB * 4).map((byte) => byte & 0x7f)],
  ])('of 2 MiB and more of %s is kept in its first part', (_, body) => {
    const bytes = Buffer.from(body);
    const deadLetter = deadLetterOf(bytes);
    expect(deadLetter).toMatchObject({
      bodyEncoding: 'base64',
      truncated: true,
      bodyBytes: bytes.length,
      bodySha256: createHash('sha256').update(bytes).digest('hex'),
    });
    const kept = keptBody(deadLetter);
    expect(kept.length).toBeGreaterThan(1_000_000);
    expect(bytes.subarray(0, kept.length).equals(kept)).toBe(true);
    expect(bytesOf(deadLetter)).toBeLessThanOrEqual(2_000_000);
  });

  it('of 2 MiB of quotes has the hash of all of it', () => {
    // head -c 2097152 /dev/zero | tr '\0' '"' | sha256sum
    expect(deadLetterOf(Buffer.alloc(TWO_MIB, '"')).bodySha256).toBe(
      '24788c2c2b8fcaf155e5a808f18670c63f242256a5a7de13e87c27c2bf933a63',
    );
  });

  it('fits at every length around the limits of its encodings', () => {
    for (let length = 1_940_000; length <= 1_960_000; length += 4_999) {
      expect(bytesOf(deadLetterOf(Buffer.alloc(length, 'c')))).toBeLessThanOrEqual(2_000_000);
      expect(bytesOf(deadLetterOf(Buffer.alloc(Math.ceil((length * 3) / 4), 0xff)))).toBeLessThanOrEqual(
        2_000_000,
      );
    }
  });

  it('fits beside the longest issues and the longest ProductID there are', () => {
    const longest = '\u0001'.repeat(1_000);
    const wrong = {
      ProductID: '☕'.repeat(85),
      PartyPriceSchedules: Array.from({ length: 10 }, () => ({
        Party: 7,
        PartyType: longest,
        PriceSchedule: { ID: 7, SalesStart: longest, PriceBreaks: [{ SubscriptionPrice: longest }] },
      })),
    };
    const prepared = prepare(httpDelivery(envelope(wrong)), null);
    if (prepared.kind !== 'rejected') throw new Error(prepared.kind);
    expect(prepared.rejection.issues).toHaveLength(50);
    for (const body of [noise(TWO_MIB), Buffer.alloc(1_949_998, 'c'), Buffer.alloc(1_462_000, 0xff)]) {
      expect(bytesOf(deadLetterOf(body, prepared.rejection))).toBeLessThanOrEqual(2_000_000);
    }
  });

  it.each([
    ['text', Buffer.from('{')],
    ['bytes', Buffer.from([0xff])],
    ['compressed', Buffer.alloc(TWO_MIB, 'c')],
    ['truncated', noise(TWO_MIB)],
  ])('that is %s makes a dead letter of the schema', (_, body) => {
    expect(DeadLetter.safeParse(deadLetterOf(body)).success).toBe(true);
  });
});
