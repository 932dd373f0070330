import type { Delivery } from '../../src/message/delivery.ts';
import type { Change } from '../../src/sync/change.ts';
import { prepare } from '../../src/sync/prepare.ts';
import { eventHubDelivery, marked, PRODUCT_DELETED } from './deliveries.ts';

type At = Partial<Delivery> & { partition?: string };

/** An update of a product whose name tells which message it was. */
export function updateOf(productId: string, name: string, at: At = {}): Delivery {
  return eventHubDelivery({ payload: marked({ ProductID: productId, Name: name }) }, at);
}

export function deleteOf(productId: string, at: At = {}): Delivery {
  return eventHubDelivery({ type: PRODUCT_DELETED, payload: { ProductID: productId } }, at);
}

/** The change that a valid delivery comes to. */
export function changeFrom(delivery: Delivery): Change {
  const prepared = prepare(delivery, null);
  if (prepared.kind !== 'change') throw new Error(`not a valid message: ${JSON.stringify(prepared)}`);
  return prepared.change;
}
