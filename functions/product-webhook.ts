import type { HttpFunctionOptions } from '@azure/functions';
import type { App } from '../src/app.ts';
import { httpHandler } from './http-handler.ts';

/** `POST /api/webhooks/products` receives OrderCloud's HTTP delivery. It needs a function key besides the signature. */
export function productWebhook({ receiveWebhook }: App): HttpFunctionOptions {
  const handler = httpHandler(receiveWebhook);
  return { route: 'webhooks/products', methods: ['POST'], authLevel: 'function', handler };
}
