import type { Delivery } from '../../src/message/delivery.ts';
import { type DeadLetter, type Rejection, toDeadLetter } from '../../src/store/dead-letter.ts';
import { updateOf } from './messages.ts';

/** A dead letter of a delivery, as the app would have kept it for 30 days. */
export function deadLetterOf(delivery: Delivery, rejection: Partial<Rejection> = {}): DeadLetter {
  const whole: Rejection = {
    reason: 'wrong-marketplace',
    detail: 'The message is of another marketplace than ORDERCLOUD_MARKETPLACE_ID.',
    issues: [],
    messageType: typeof delivery.properties.type === 'string' ? delivery.properties.type : null,
    productId: null,
    ...rejection,
  };
  return toDeadLetter(delivery, whole, 30);
}

/** One of an update of a product; its position makes its ID. */
export function deadLetterFor(
  productId: string,
  at: Parameters<typeof updateOf>[2] = {},
  rejection: Partial<Rejection> = {},
): DeadLetter {
  return deadLetterOf(updateOf(productId, 'AeroPress Go', at), { productId, ...rejection });
}
