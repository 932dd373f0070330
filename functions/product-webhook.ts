import { app, type HttpHandler } from '@azure/functions';
import type { App } from '../src/app.ts';
import { httpHandler } from './http-handler.ts';

/** Receives OrderCloud's HTTP delivery. */
export function productWebhook(productSync: App): HttpHandler {
  return httpHandler(productSync.receiveWebhook);
}

/** `POST /api/webhooks/products`. It needs a function key besides the signature. */
export function registerProductWebhook(productSync: App): void {
  app.http('productWebhook', {
    route: 'webhooks/products',
    methods: ['POST'],
    authLevel: 'function',
    handler: productWebhook(productSync),
  });
}
