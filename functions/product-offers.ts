import { app, type HttpHandler } from '@azure/functions';
import type { App } from '../src/app.ts';
import { httpHandler } from './http-handler.ts';

/** Tells shoppers what they may see and pay. */
export function productOffers(productSync: App): HttpHandler {
  return httpHandler(productSync.answerOffers);
}

/** `POST /api/offers`. It needs no function key: shoppers' browsers call it, with a token of OrderCloud. */
export function registerProductOffers(productSync: App): void {
  app.http('productOffers', {
    route: 'offers',
    methods: ['POST'],
    authLevel: 'anonymous',
    handler: productOffers(productSync),
  });
}
