import { describe, expect, it } from 'vitest';
import { openDelivery } from '../../../src/message/envelope.ts';
import { eventHubDelivery, httpDelivery } from '../../support/deliveries.ts';

const UPDATED = 'sitecore.ordercloud.messages.product.updated';

/** Opens a body on a transport that names the type, so that only the payload is looked for. */
function openText(body: string | Uint8Array) {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return openDelivery(eventHubDelivery({ payload: null }, { body: bytes }));
}

function payloadOf(body: string | Uint8Array): unknown {
  const opened = openText(body);
  if (opened.kind !== 'message') throw new Error(`not a message: ${JSON.stringify(opened)}`);
  return opened.payload;
}

describe('the payload', () => {
  it.each([
    ['a bare body', '{"ProductID":"V60-02"}', { ProductID: 'V60-02' }],
    ['an envelope', '{"Headers":{},"Payload":{"ProductID":"V60-02"}}', { ProductID: 'V60-02' }],
    ['an envelope with Payload only', '{"Payload":{"ProductID":"V60-02"}}', { ProductID: 'V60-02' }],
    ['an envelope in lower case', '{"headers":{},"payload":{"ProductID":"V60-02"}}', { ProductID: 'V60-02' }],
    ['an envelope in upper case', '{"HEADERS":{},"PAYLOAD":{"ProductID":"V60-02"}}', { ProductID: 'V60-02' }],
    [
      'an envelope with null headers',
      '{"Headers":null,"Payload":{"ProductID":"V60-02"}}',
      { ProductID: 'V60-02' },
    ],
    [
      'headers that are a list',
      '{"Headers":["x"],"Payload":{"ProductID":"V60-02"}}',
      { ProductID: 'V60-02' },
    ],
    ['a payload as text', '{"Payload":"{\\"ProductID\\":\\"V60-02\\"}"}', { ProductID: 'V60-02' }],
    [
      'an exact name before another',
      '{"Payload":{"ProductID":"V60-02"},"PAYLOAD":1}',
      { ProductID: 'V60-02' },
    ],
    [
      'the last of other spellings',
      '{"PAYLOAD":1,"payload":{"ProductID":"V60-02"}}',
      { ProductID: 'V60-02' },
    ],
    ['a null payload', '{"Headers":{},"Payload":null}', null],
    ['an envelope without payload', '{"Headers":{}}', undefined],
    ['null headers beside a product’s properties', '{"Headers":null,"ProductID":"V60-02"}', undefined],
    [
      'a structured CloudEvent',
      '{"specversion":"1.0","data":{"ProductID":"V60-02"}}',
      { ProductID: 'V60-02' },
    ],
    [
      'a CloudEvent whose data are bytes in base64',
      `{"specversion":"1.0","data_base64":"${Buffer.from('{"ProductID":"V60-02"}').toString('base64')}"}`,
      { ProductID: 'V60-02' },
    ],
    [
      'a CloudEvent with both, of which data counts',
      '{"specversion":"1.0","data":{"ProductID":"V60-02"},"data_base64":"AAAA"}',
      { ProductID: 'V60-02' },
    ],
    ['a CloudEvent without data', '{"specversion":"1.0"}', undefined],
    [
      'data without specversion, which is no CloudEvent',
      '{"data":{"ProductID":"V60-02"}}',
      { data: { ProductID: 'V60-02' } },
    ],
    ['null', 'null', null],
    ['a list', '[{"ProductID":"V60-02"}]', [{ ProductID: 'V60-02' }]],
    ['a number', '250', 250],
    ['a text that looks like JSON', '"{\\"ProductID\\":\\"V60-02\\"}"', '{"ProductID":"V60-02"}'],
  ])('of %s', (_, body, payload) => {
    expect(payloadOf(body)).toEqual(payload);
  });

  it('is unwrapped once only', () => {
    const inner = { Headers: { type: 'x' }, Payload: { ProductID: 'V60-02' } };
    expect(payloadOf(JSON.stringify({ Headers: {}, Payload: inner }))).toEqual(inner);
    expect(payloadOf(JSON.stringify({ Payload: JSON.stringify(inner) }))).toEqual(inner);
    expect(payloadOf(JSON.stringify({ Payload: JSON.stringify(JSON.stringify(inner)) }))).toBe(
      JSON.stringify(inner),
    );
  });

  it('of an envelope is unwrapped on any transport', () => {
    const body = Buffer.from(`{"Headers":{"type":"${UPDATED}"},"Payload":{"ProductID":"V60-02"}}`);
    const position = { properties: {}, body };
    const deliveries = [
      httpDelivery(body),
      eventHubDelivery({ payload: null }, position),
      eventHubDelivery({ payload: null }, { ...position, transport: 'kafka', stream: 'kafka/products/0' }),
    ];
    for (const delivery of deliveries) {
      expect(openDelivery(delivery)).toEqual({
        kind: 'message',
        messageType: UPDATED,
        marketplace: null,
        payload: { ProductID: 'V60-02' },
        text: expect.any(String),
        isBody: true,
      });
    }
  });

  it('keeps an own __proto__ key as a key', () => {
    const payload = payloadOf('{"Payload":{"ProductID":"V60-02","__proto__":{"polluted":true}}}');
    expect(Object.keys(payload as object)).toEqual(['ProductID', '__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

it.each([
  ['no base64 of JSON', 'AAAA', 'The payload, data_base64 of the CloudEvent, is not JSON'],
  ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('base64'), 'is not well-formed UTF-8'],
  ['nothing in base64', '====', 'is empty'],
])('a CloudEvent whose data_base64 is %s is unreadable', (_, data, detail) => {
  expect(openText(JSON.stringify({ specversion: '1.0', data_base64: data }))).toMatchObject({
    kind: 'unreadable',
    detail: expect.stringContaining(detail),
  });
});

describe('the marketplace of the envelope', () => {
  it.each([
    ['as documented', { marketplace: 'roastery' }, 'roastery'],
    ['in another case', { Marketplace: 'roastery' }, 'roastery'],
    ['null', { marketplace: null }, null],
    ['a number', { marketplace: 7 }, null],
    ['absent', {}, null],
  ])('%s', (_, headers, marketplace) => {
    const opened = openText(JSON.stringify({ Headers: headers, Payload: { ProductID: 'V60-02' } }));
    expect(opened).toMatchObject({ kind: 'message', marketplace });
  });

  it('is not read from a bare payload', () => {
    expect(openText('{"ProductID":"V60-02","Marketplace":"roastery"}')).toMatchObject({ marketplace: null });
  });
});

describe('bytes', () => {
  it('a byte order mark is skipped', () => {
    expect(payloadOf('\ufeff{"ProductID":"V60-02"}')).toEqual({ ProductID: 'V60-02' });
  });

  it('a view into a larger buffer is read as the view', () => {
    const buffer = Buffer.from('garbage{"ProductID":"Café"}garbage');
    expect(payloadOf(buffer.subarray(7, buffer.length - 7))).toEqual({ ProductID: 'Café' });
    expect(payloadOf(new Uint8Array(buffer.buffer, buffer.byteOffset + 7, buffer.length - 14))).toEqual({
      ProductID: 'Café',
    });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a byte order mark only', Buffer.from('\ufeff')],
    ['two byte order marks', Buffer.from('\ufeff\ufeff{}')],
    ['white space', Buffer.from(' \r\n')],
    ['a stray continuation byte', Buffer.from([0x22, 0x80, 0x22])],
    ['a truncated character', Buffer.from([0x22, 0xe2, 0x82, 0x22])],
    ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['a UTF-8 encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['ISO 8859-1', Buffer.from('{"ProductID":"Café"}', 'latin1')],
    ['UTF-16', Buffer.from('\ufeff{"ProductID":"V60-02"}', 'utf16le')],
    ['half a document', Buffer.from('{"ProductID":')],
    ['two documents', Buffer.from('{}{}')],
    ['single quotes', Buffer.from("{'ProductID':'V60-02'}")],
    ['a comment', Buffer.from('{/* V60 */}')],
    ['NaN', Buffer.from('{"ShipWeight":NaN}')],
    ['a payload text that is not JSON', Buffer.from('{"Payload":"V60-02"}')],
    ['an empty payload text', Buffer.from('{"Payload":""}')],
  ])('%s is invalid JSON', (_, body) => {
    expect(openText(body)).toEqual({
      kind: 'unreadable',
      reason: 'invalid-json',
      messageType: UPDATED,
      detail: expect.any(String),
    });
  });

  it('invalid JSON on HTTP has no known type', () => {
    expect(openDelivery(httpDelivery(Buffer.from('{"Headers":{"type":')))).toMatchObject({
      kind: 'unreadable',
      reason: 'invalid-json',
      messageType: null,
    });
  });

  it.each([
    ['the body', '{"Name":"secret-blend",}'],
    ['the body', '{"Name":"secret-blend'],
    ['the body', 'secret-blend'],
    ['the payload text', JSON.stringify({ Payload: '{"Name":secret-blend}' })],
  ])('what is wrong is told without quoting %s', (_, body) => {
    const opened = openText(body);
    if (opened.kind !== 'unreadable') throw new Error(`expected unreadable, got ${opened.kind}`);
    expect(opened.detail).not.toMatch(/secret|blend|Name/);
  });

  it('100,000 nested brackets are JSON', () => {
    expect(openText('['.repeat(100_000) + ']'.repeat(100_000))).toMatchObject({ kind: 'message' });
    expect(openText('['.repeat(100_000))).toMatchObject({ kind: 'unreadable', reason: 'invalid-json' });
  });
});
