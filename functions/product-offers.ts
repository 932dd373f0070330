import type { HttpFunctionOptions } from '@azure/functions';
import type { App } from '../src/app.ts';
import { httpHandler } from './http-handler.ts';

/**
 * `POST /api/offers` tells shoppers what they may see and pay. It needs no function key: their browsers call it, with a
 * token of OrderCloud.
 */
export function productOffers({ answerOffers }: App): HttpFunctionOptions {
  return { route: 'offers', methods: ['POST'], authLevel: 'anonymous', handler: httpHandler(answerOffers) };
}
