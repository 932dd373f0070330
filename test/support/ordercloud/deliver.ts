import { EventHubProducerClient } from '@azure/event-hubs';
import { signatureOf } from '../../../src/message/signature.ts';
import { checkedResponse } from '../leaks/check.ts';
import type { OutgoingMessage } from './outbox.ts';

/** Posts a message to the `Http` target, signed with its secret, and gives the answer's status. */
export async function deliverByHttp({ type, payload, targets }: OutgoingMessage): Promise<number | null> {
  const target = targets.Http;
  if (target === undefined) return null;
  const body = Buffer.from(JSON.stringify({ Headers: { type }, Payload: payload }));
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-oc-hash': signatureOf(body, String(target.Secret)),
  };
  if (target.CustomAuthHeaderName) {
    headers[String(target.CustomAuthHeaderName)] = String(target.CustomAuthHeaderValue);
  }
  const response = await fetch(String(target.Endpoint), { method: 'POST', body, headers });
  return (await checkedResponse(response)).status;
}

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
