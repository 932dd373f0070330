import { PRODUCT_UPDATED } from './message/message-type.ts';
import type { ProductStore } from './store/product-store.ts';
import { prepare } from './sync/prepare.ts';

/** Of no product: what counts is the way there and back. */
const ID = 'warm-up';

/**
 * Does what the first message would otherwise wait for: compiles the validators, loads Cosmos DB's library, opens a
 * connection and gets a token, by reading an item. A failure stays without consequence: the first message meets it
 * again, and has retries and an answer for it.
 */
export async function warmUp(products: ProductStore): Promise<void> {
  const now = new Date().toISOString();
  prepare(
    {
      transport: 'http',
      stream: 'http',
      sequence: null,
      time: now,
      receivedAt: now,
      body: Buffer.from(JSON.stringify({ Headers: { type: PRODUCT_UPDATED }, Payload: { ProductID: ID } })),
      properties: {},
    },
    null,
  );
  await products.read(ID).catch(() => {});
}
