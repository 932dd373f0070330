import { describe, expect, it } from 'vitest';
import { typeAndProductOf } from '../../../cli/send/envelope.ts';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../support/deliveries.ts';

const ORDER_SUBMITTED = 'sitecore.ordercloud.messages.order.submitted';

/** What goes beside a message given as text, as a value, or as bytes. */
function eventOf(message: unknown, messageType = PRODUCT_UPDATED) {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const body = Buffer.isBuffer(message) ? message : Buffer.from(text);
  return typeAndProductOf({ body }, messageType);
}

describe('the type of an event', () => {
  it.each([
    ['of an envelope', { Headers: { type: ORDER_SUBMITTED }, Payload: {} }, ORDER_SUBMITTED],
    ['in any case', { headers: { Type: PRODUCT_DELETED }, PAYLOAD: {} }, PRODUCT_DELETED],
    ['of a CloudEvent', { specversion: '1.0', type: PRODUCT_DELETED, data: {} }, PRODUCT_DELETED],
    ['given for a bare payload', { ProductID: 'MUG', type: 'mug' }, PRODUCT_UPDATED],
  ])('is that %s', (_, message, type) => {
    expect(eventOf(message).type).toBe(type);
  });

  it.each([
    ['an envelope that names none', { Headers: {}, Payload: { ProductID: 'MUG' } }],
    ['an envelope without headers', { Payload: { ProductID: 'MUG' }, type: PRODUCT_UPDATED }],
    ['an envelope whose type is no text', { Headers: { type: 7 }, Payload: {} }],
    ['a list', []],
    ['what is not JSON', '{"ProductID":'],
    ['bytes that are no text', Buffer.from([0xff, 0x00])],
    ['nothing at all', ''],
  ])('is left out for %s', (_, message) => {
    expect(eventOf(message).type).toBeNull();
  });
});

describe('the product of an event', () => {
  it.each([
    ['a bare payload', { ProductID: 'MUG' }],
    ['a name in another case', { productId: 'MUG' }],
    ['an envelope', { Headers: { type: PRODUCT_UPDATED }, Payload: { ProductID: 'MUG' } }],
    ['an envelope of another type', { Headers: { type: ORDER_SUBMITTED }, Payload: { ProductID: 'MUG' } }],
    ['a payload in a string', { Headers: {}, Payload: '{"productid":"MUG"}' }],
    ['a CloudEvent', { specversion: '1.0', type: PRODUCT_UPDATED, data: { ProductID: 'MUG' } }],
    ['a message with a byte order mark', '\uFEFF{"ProductID":"MUG"}'],
  ])('is found in %s', (_, message) => {
    expect(eventOf(message).productId).toBe('MUG');
  });

  it('is taken as it stands, also where it is not valid', () => {
    expect(eventOf({ ProductID: 'a/b?' }).productId).toBe('a/b?');
  });

  it.each([
    ['a payload without', { Name: 'Mug' }],
    ['one that is no text', { ProductID: 7 }],
    ['an empty one', { ProductID: '' }],
    ['one outside the payload', { Headers: {}, Payload: {}, ProductID: 'MUG' }],
    ['a payload in a string that is not JSON', { Headers: {}, Payload: '{' }],
    ['what is not JSON', 'nonsense'],
  ])('is none for %s', (_, message) => {
    expect(eventOf(message).productId).toBeNull();
  });
});
