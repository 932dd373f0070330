import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/message/delivery.ts';
import { openDelivery } from '../../../src/message/envelope.ts';
import { isAlmostProductType, PRODUCT_DELETED, PRODUCT_UPDATED } from '../../../src/message/message-type.ts';
import { eventHubDelivery, httpDelivery } from '../../support/deliveries.ts';

const UPDATED = 'sitecore.ordercloud.messages.product.updated';
const DELETED = 'sitecore.ordercloud.messages.product.deleted';
const ORDER = 'sitecore.ordercloud.messages.order.submitted';
const UPDATED_BASE64 = 'c2l0ZWNvcmUub3JkZXJjbG91ZC5tZXNzYWdlcy5wcm9kdWN0LnVwZGF0ZWQ=';
const DELETED_BASE64 = 'c2l0ZWNvcmUub3JkZXJjbG91ZC5tZXNzYWdlcy5wcm9kdWN0LmRlbGV0ZWQ=';
const ORDER_BASE64 = 'c2l0ZWNvcmUub3JkZXJjbG91ZC5tZXNzYWdlcy5vcmRlci5zdWJtaXR0ZWQ=';

const MOKA = { ProductID: 'MOKA-POT-3' };

function open(properties: Delivery['properties'], payload: unknown = MOKA) {
  return openDelivery(eventHubDelivery({ payload }, { properties }));
}

const text = (body: string) => Buffer.from(body);

describe('where the type is found', () => {
  it.each([
    ["the transport's property `type`", { type: UPDATED }, MOKA],
    ["the envelope's Headers.type", {}, { Headers: { type: UPDATED }, Payload: MOKA }],
    ['ce_type of the transport', { ce_type: UPDATED }, MOKA],
    ['ce-type of the transport', { 'ce-type': UPDATED }, MOKA],
    ['cloudEvents:type of the transport', { 'cloudEvents:type': UPDATED }, MOKA],
    ['the type of a structured CloudEvent', {}, { specversion: '1.0', type: UPDATED, data: MOKA }],
  ])('%s', (_, properties, body) => {
    expect(open(properties, body)).toEqual({
      kind: 'message',
      messageType: UPDATED,
      marketplace: null,
      payload: MOKA,
      text: expect.any(String),
      isBody: true,
    });
  });
});

describe('the first place that names a type decides', () => {
  const envelope = { Headers: { type: DELETED }, Payload: MOKA };
  it.each([
    ['the property before the envelope', { type: UPDATED }, envelope, UPDATED],
    ['the property before ce_type', { ce_type: DELETED, type: UPDATED }, MOKA, UPDATED],
    [
      'the property before a structured CloudEvent',
      { type: UPDATED },
      { specversion: '1.0', type: DELETED, data: MOKA },
      UPDATED,
    ],
    ['the envelope before ce_type', { ce_type: UPDATED }, envelope, DELETED],
    ['the envelope before cloudEvents:type', { 'cloudEvents:type': UPDATED }, envelope, DELETED],
    [
      'ce_type before a structured CloudEvent',
      { ce_type: DELETED },
      { specversion: '1.0', type: UPDATED, data: MOKA },
      DELETED,
    ],
    [
      'cloudEvents:type before a structured CloudEvent',
      { 'cloudEvents:type': DELETED },
      { specversion: '1.0', type: UPDATED, data: MOKA },
      DELETED,
    ],
  ])('%s', (_, properties, body, messageType) => {
    expect(open(properties, body)).toMatchObject({ kind: 'message', messageType });
  });

  it.each([
    ['null', null],
    ['an empty text', ''],
    ['a number', 7],
    ['an object', { name: UPDATED }],
    ['empty bytes', new Uint8Array()],
  ])('a property that holds %s names none', (_, value) => {
    expect(open({ type: value }, envelope)).toMatchObject({ kind: 'message', messageType: DELETED });
  });

  it.each([['null', null] as const, ['a number', 7], ['an empty text', ''], ['a list', [UPDATED]]])(
    'a Headers.type that is %s names none',
    (_, type) => {
      expect(open({ ce_type: DELETED }, { Headers: { type }, Payload: MOKA })).toMatchObject({
        kind: 'message',
        messageType: DELETED,
      });
    },
  );
});

describe('how the type is spelt', () => {
  it.each(['type', 'Type', 'TYPE', 'tYpE'])('the property may be called %s', (name) => {
    expect(open({ [name]: UPDATED })).toMatchObject({ messageType: UPDATED });
  });

  it.each(['CE_Type', 'Ce-Type', 'CloudEvents:Type', 'cloudevents:type'])(
    'the property of a CloudEvent may be called %s',
    (name) => {
      expect(open({ [name]: DELETED })).toMatchObject({ messageType: DELETED });
    },
  );

  it.each(['type', 'Type', 'TYPE'])('the header of an envelope may be called %s', (name) => {
    expect(open({}, { headers: { [name]: UPDATED }, payload: MOKA })).toMatchObject({ messageType: UPDATED });
  });

  it.each([
    ['after', { TYPE: DELETED, type: UPDATED }, UPDATED],
    ['before', { type: UPDATED, TYPE: DELETED }, UPDATED],
  ])('an exact name wins, %s another', (_, properties, messageType) => {
    expect(open(properties)).toMatchObject({ messageType });
  });

  it('of names that match without case only, the last wins', () => {
    expect(open({ TYPE: UPDATED, Type: DELETED })).toMatchObject({ messageType: DELETED });
  });

  it.each([
    ['text', DELETED],
    ['a Buffer', Buffer.from(DELETED)],
    ['a Uint8Array', new TextEncoder().encode(DELETED)],
    ['base64 text', DELETED_BASE64],
    ['base64 text without padding', DELETED_BASE64.replace('=', '')],
  ])('the value may be %s', (_, value) => {
    for (const name of ['type', 'ce_type', 'ce-type', 'cloudEvents:type']) {
      expect(open({ [name]: value })).toMatchObject({ kind: 'message', messageType: DELETED });
    }
    expect(open({ type: UPDATED_BASE64 })).toMatchObject({ messageType: UPDATED });
  });

  it('base64 that decodes to no known type is text', () => {
    expect(open({ type: ORDER_BASE64 })).toEqual({ kind: 'ignored', messageType: ORDER_BASE64 });
  });

  it('the type inside a body is never read as base64', () => {
    expect(open({}, { Headers: { type: UPDATED_BASE64 }, Payload: MOKA })).toEqual({
      kind: 'ignored',
      messageType: UPDATED_BASE64,
    });
  });
});

describe('types that are ignored', () => {
  it.each([
    ORDER,
    'Sitecore.OrderCloud.Messages.Product.Updated',
    `${UPDATED} `,
    ` ${UPDATED}`,
    `${UPDATED}.v2`,
    'product.updated',
    'sitecore.ordercloud.messages.product',
  ])('types are compared exactly: %j', (type) => {
    expect(open({ type })).toEqual({ kind: 'ignored', messageType: type });
    expect(open({}, { Headers: { type }, Payload: MOKA })).toEqual({ kind: 'ignored', messageType: type });
    expect(open({ ce_type: type })).toEqual({ kind: 'ignored', messageType: type });
    expect(open({}, { specversion: '1.0', type, data: MOKA })).toEqual({
      kind: 'ignored',
      messageType: type,
    });
  });

  it.each([
    ['that is not JSON', text('<order id="17"/>')],
    ['that is not UTF-8', Buffer.from([0xc3, 0x28, 0xff])],
    ['that is empty', text('')],
    ['that is missing', null],
  ])('a type named by the transport is ignored without a look at a body %s', (_, body) => {
    const delivery = eventHubDelivery({ payload: null }, { properties: { type: ORDER }, body });
    expect(openDelivery(delivery)).toEqual({ kind: 'ignored', messageType: ORDER });
  });

  it.each(['ce_type', 'ce-type', 'cloudEvents:type'])(
    'a type named by %s is ignored where the body is not JSON, and so names none',
    (property) => {
      const body = Buffer.from([0x4f, 0x62, 0x6a, 0x01, 0xff]);
      const delivery = eventHubDelivery({ payload: null }, { properties: { [property]: ORDER }, body });
      expect(openDelivery(delivery)).toEqual({ kind: 'ignored', messageType: ORDER });
    },
  );

  it('a product type named by ce_type needs a body that can be read', () => {
    const delivery = eventHubDelivery(
      { payload: null },
      { properties: { ce_type: DELETED }, body: text('{') },
    );
    expect(openDelivery(delivery)).toMatchObject({
      kind: 'unreadable',
      reason: 'invalid-json',
      messageType: DELETED,
    });
  });

  it('a type that only the body tells needs a body that can be read', () => {
    const body = text(`{"Headers":{"type":"${ORDER}"},"Payload":`);
    expect(openDelivery(eventHubDelivery({ payload: null }, { properties: {}, body }))).toMatchObject({
      kind: 'unreadable',
      reason: 'invalid-json',
    });
  });

  it.each([
    ['with a type', { type: UPDATED }, UPDATED],
    ['without a type', {}, null],
  ])('a Kafka tombstone %s is ignored', (_, properties, messageType) => {
    const delivery = eventHubDelivery(
      { payload: null },
      { transport: 'kafka', stream: 'kafka/products/3', properties, body: null },
    );
    expect(openDelivery(delivery)).toEqual({ kind: 'ignored', messageType });
  });
});

describe('no type at all', () => {
  it.each([
    ['a bare payload', MOKA, MOKA],
    ['an envelope without headers', { Payload: MOKA }, MOKA],
    ['an envelope whose headers name none', { Headers: { marketplace: 'roastery' }, Payload: MOKA }, MOKA],
    ['a CloudEvent without type', { specversion: '1.0', data: MOKA }, MOKA],
    ['a `type` that is no CloudEvent’s', { type: UPDATED, data: MOKA }, { type: UPDATED, data: MOKA }],
    ['null', null, null],
    ['a list', [MOKA], [MOKA]],
    ['a text', 'MOKA-POT-3', 'MOKA-POT-3'],
    ['a number', 250, 250],
  ])('%s is a missing type', (_, body, payload) => {
    const opened = openDelivery(httpDelivery(text(JSON.stringify(body))));
    expect(opened).toEqual({
      kind: 'unreadable',
      reason: 'missing-type',
      messageType: null,
      detail: expect.stringContaining('type'),
      payload,
    });
  });
});

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a type that is ignored', () => {
  it.each([
    ['case', 'Sitecore.OrderCloud.Messages.Product.Updated'],
    ['white space at its end', `${PRODUCT_UPDATED} `],
    ['white space before it', `\t\n${PRODUCT_DELETED}`],
    ['what is not seen', `\ufeff${PRODUCT_UPDATED}\u200b`],
    ['quotes', `"${PRODUCT_UPDATED}"`],
    ['single quotes', `'${PRODUCT_UPDATED}'`],
    ['base64', base64(PRODUCT_UPDATED)],
    ['two layers of base64', base64(base64(PRODUCT_DELETED))],
    ['base64 of quotes', base64(`"${PRODUCT_UPDATED}"`)],
  ])('is a near miss where it differs by %s', (_, type) => {
    expect(isAlmostProductType(type)).toBe(true);
  });

  it.each([
    ['the type itself', PRODUCT_UPDATED],
    ['another', 'sitecore.ordercloud.messages.order.submitted'],
    ['a longer one', `${PRODUCT_UPDATED}.v2`],
    ['a shorter one', 'product.updated'],
    ['nothing', ''],
    ['endless quotes', `${'"'.repeat(1_000_000)}x`],
  ])('is none where it is %s', (_, type) => {
    expect(isAlmostProductType(type)).toBe(false);
  });
});
