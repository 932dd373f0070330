import type { Delivery } from '../../src/message/delivery.ts';
import { isJsonObject } from '../../src/message/json.ts';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../src/message/message-type.ts';
import { PAYLOAD_MARKER } from './leaks/find-leak.ts';

const NOW = '2026-11-22T12:00:00.000Z';

/** A webhook with these bytes. */
export function httpDelivery(body: Uint8Array, overrides: Partial<Delivery> = {}): Delivery {
  return {
    transport: 'http',
    stream: 'http',
    sequence: null,
    time: NOW,
    receivedAt: overrides.time && overrides.time > NOW ? overrides.time : NOW,
    body,
    properties: {},
    ...overrides,
  };
}

/** An Event Hubs event at a position, its type named by the application property. */
export function eventHubDelivery(
  message: { type?: string; payload: unknown },
  {
    sequence = 1,
    time = NOW,
    partition = '0',
    ...overrides
  }: Partial<Delivery> & { partition?: string } = {},
): Delivery {
  return {
    transport: 'eventhub',
    stream: `eventhub/products/${partition}`,
    sequence,
    time,
    receivedAt: time > NOW ? time : NOW,
    body: Buffer.from(JSON.stringify(message.payload)),
    properties: { type: message.type ?? PRODUCT_UPDATED },
    ...overrides,
  };
}

/** An envelope as OrderCloud sends it by webhook. */
export function envelope(payload: unknown, type = PRODUCT_UPDATED, headers: object = {}): Buffer {
  return Buffer.from(JSON.stringify({ Headers: { type, ...headers }, Payload: marked(payload) }));
}

/** A product with markers that no log may tell (CONTRIBUTING.md), where a test leaves room for them. */
export function marked(payload: unknown): unknown {
  if (!isJsonObject(payload)) return payload;
  const marks = { Description: PAYLOAD_MARKER, xp: { [PAYLOAD_MARKER]: PAYLOAD_MARKER } };
  return { ...marks, ...payload, [PAYLOAD_MARKER]: PAYLOAD_MARKER };
}

export { PRODUCT_DELETED, PRODUCT_UPDATED };
