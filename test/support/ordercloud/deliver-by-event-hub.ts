import { EventHubProducerClient } from '@azure/event-hubs';
import type { OutgoingMessage } from './outbox.ts';

/** Sends a message to the `EventHub` target: the payload alone, its type beside it, products by key. */
export async function deliverByEventHub({ type, payload, targets }: OutgoingMessage): Promise<string | null> {
  const target = targets.EventHub;
  if (target === undefined) return null;
  const producer = new EventHubProducerClient(String(target.ConnectionString), String(target.EventHubName), {
    // A hub that is gone must not hold the test up.
    retryOptions: { maxRetries: 1, retryDelayInMs: 200, timeoutInMs: 10_000 },
  });
  try {
    const event = { body: Buffer.from(JSON.stringify(payload)), properties: { type } };
    await producer.sendBatch([event], { partitionKey: String(payload.ProductID) });
    return 'sent';
  } finally {
    await producer.close();
  }
}
