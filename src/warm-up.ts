import { PRODUCT_UPDATED } from './message/message-type.ts';
import { webhookDelivery } from './receive/receive-webhook.ts';
import type { ProductStore } from './store/product-store.ts';
import { prepare } from './sync/prepare.ts';

/** No product has to have it: only the round trip counts. */
const ID = 'warm-up';

/**
 * Does what the first message would otherwise wait for: compiles the validators, loads Cosmos DB's library, opens a
 * connection and gets a token, by reading an item. A failure has no consequence, because the first message would meet it,
 * too, and has retries and an answer for it.
 */
export async function warmUp(products: ProductStore): Promise<void> {
  const message = { Headers: { type: PRODUCT_UPDATED }, Payload: { ProductID: ID } };
  prepare(webhookDelivery(Buffer.from(JSON.stringify(message)), new Date().toISOString()), null);
  await products.read(ID).catch(() => {});
}
