import type { Delivery } from '../../src/message/delivery.ts';
import { httpDelivery } from '../../test/support/deliveries.ts';
import { benchMessage, type Spelling } from '../messages.ts';

const PRODUCTS_AT_ONCE = 64;

/** Different messages of about one size, so that no engine can learn one by heart. */
export function differentMessages(
  bytes?: number,
  count = PRODUCTS_AT_ONCE,
  spelling: Spelling = 'documented',
): Buffer[] {
  return Array.from({ length: count }, (_, seed) => benchMessage(seed, bytes, spelling));
}

/** A body as an event of partition 0 at a position. */
export function eventAt(sequence: number, body: Uint8Array): Delivery {
  return httpDelivery(body, { transport: 'eventhub', stream: 'eventhub/products/0', sequence });
}
