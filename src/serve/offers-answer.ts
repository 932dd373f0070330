import { STATUS_CODES } from 'node:http';
import type { Issue } from '../message/issue.ts';
import type { Offer } from '../offer/offer.ts';
import type { ProductDocument } from '../product/document.ts';
import type { Answer } from '../receive/answer.ts';

/** An offer as shoppers get it: what identifies schedules, groups or companies is left out. */
export type ToldOffer =
  | ({ productId: string } & Omit<Offer, 'schedule' | 'found' | 'via'> & {
        syncedAt: string;
        product?: object;
      })
  | { productId: string; visible: false };

/** Why a request for offers gets none. */
export type OffersRefusal =
  | 'not-configured'
  | 'too-many-in-flight'
  | 'no-token'
  | 'invalid-token'
  | 'expired-token'
  | 'wrong-marketplace'
  | 'keys-unavailable'
  | 'body-too-large'
  | 'body-too-slow'
  | 'aborted'
  | 'invalid-request'
  | 'temporarily-unavailable';

type Refusal = { status: number; detail: string; headers?: Record<string, string> };

const INVALID_TOKEN = { 'www-authenticate': 'Bearer error="invalid_token"' };

const REFUSALS: Record<OffersRefusal, Refusal> = {
  'not-configured': {
    status: 503,
    detail: 'Offers are not set up yet.',
    headers: { 'retry-after': '60' },
  },
  'too-many-in-flight': {
    status: 429,
    detail: 'Too many requests for offers are being answered.',
    headers: { 'retry-after': '1' },
  },
  'no-token': {
    status: 401,
    detail: 'Send the userinfo token of OrderCloud as Authorization: Bearer.',
    headers: { 'www-authenticate': 'Bearer' },
  },
  'invalid-token': {
    status: 401,
    detail: 'The token is not a userinfo token of this OrderCloud API.',
    headers: INVALID_TOKEN,
  },
  'expired-token': {
    status: 401,
    detail: 'The token is not valid now: get a new one from OrderCloud.',
    headers: INVALID_TOKEN,
  },
  'wrong-marketplace': {
    status: 401,
    detail: 'The token is of another marketplace.',
    headers: INVALID_TOKEN,
  },
  'keys-unavailable': {
    status: 503,
    detail: 'OrderCloud could not be asked for the key of the token.',
    headers: { 'retry-after': '5' },
  },
  'body-too-large': { status: 413, detail: 'The body is larger than MAX_BODY_BYTES allows.' },
  'body-too-slow': { status: 408, detail: 'The body did not arrive within MAX_BODY_SECONDS.' },
  aborted: { status: 400, detail: 'The request ended before its body was complete.' },
  'invalid-request': { status: 400, detail: 'The request is not valid.' },
  'temporarily-unavailable': {
    status: 503,
    detail: 'The products cannot be read right now.',
    headers: { 'retry-after': '5' },
  },
};

/** Browsers and proxies keep an answer for at most this long. */
const MAX_AGE_S = 60;

/** The answer with offers, to be kept until the first of them changes by the clock. */
export function answerWithOffers(at: Date, offers: readonly ToldOffer[]): Answer {
  const changes = offers.flatMap((offer) =>
    'validUntil' in offer ? Date.parse(offer.validUntil ?? '') : [],
  );
  const seconds = changes.map((instant) => Math.floor((instant - at.getTime()) / 1000));
  const maxAge = Math.min(MAX_AGE_S, ...seconds.filter((each) => !Number.isNaN(each)));
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': `private, max-age=${maxAge}` },
    body: { at: at.toISOString(), offers },
  };
}

/** RFC 9457. `reason` is what programs go by. */
export function answerToOffersRefusal(reason: OffersRefusal, issues?: readonly Issue[]): Answer {
  const { status, detail, headers } = REFUSALS[reason];
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail,
      reason,
      ...(issues && { issues }),
    },
  };
}

/** All that may be told of a product that this buyer may not see, whether it exists or not. */
export function hiddenOffer(productId: string): ToldOffer {
  return { productId, visible: false };
}

/** What a shopper may know of a product that is visible. */
export function toldOffer(offer: Offer, document: ProductDocument, withProduct: boolean): ToldOffer {
  const { schedule: _schedule, found: _found, via: _via, ...told } = offer;
  const syncedAt = document.sync.time;
  return {
    productId: document.id,
    ...told,
    syncedAt,
    ...(withProduct && { product: shownProduct(document) }),
  };
}

/** Without who else may see it, who supplies it, and what others pay. */
function shownProduct(document: ProductDocument): object {
  const { buyerIds: _b, userGroupIds: _g, supplierIds: _s, pricing: _p, sync: _y, ...shown } = document;
  return shown;
}
