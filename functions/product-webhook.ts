import { app, type HttpHandler } from '@azure/functions';
import type { App } from '../src/app.ts';
import { spanOfCaller } from '../src/telemetry/trace.ts';
import { httpHandler } from './http-handler.ts';
import { logTo } from './log-to.ts';

/** Receives OrderCloud's HTTP delivery. */
export function productWebhook(productSync: App): HttpHandler {
  return httpHandler((request, context) => {
    // The host's own span comes first, if it has one.
    const caller = spanOfCaller(context.traceContext?.traceParent || request.headers.get('traceparent'));
    return productSync.receiveWebhook(request, logTo(context), caller);
  });
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
