import type { Issue } from '../message/issue.ts';
import type { Offer } from '../offer/offer.ts';
import type { ProductDocument } from '../product/document.ts';
import { type Answer, problem, type Refusal, UNREAD_BODY } from '../receive/problem.ts';

/** An offer as shoppers get it: what identifies schedules, groups or companies is left out. */
export type ToldOffer =
  | ({ productId: string } & Omit<Offer, 'schedule' | 'found' | 'via'> & {
        syncedAt: string;
        product?: object;
      })
  | { productId: string; visible: false };

const INVALID_TOKEN = { 'www-authenticate': 'Bearer error="invalid_token"' };

const REFUSALS = {
  ...UNREAD_BODY,
  'not-configured': {
    status: 503,
    detail: 'Offers are not set up yet.',
    retryAfterSeconds: 60,
  },
  'too-many-in-flight': {
    status: 429,
    detail: 'Too many requests for offers are being answered.',
    retryAfterSeconds: 1,
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
    retryAfterSeconds: 5,
  },
  'invalid-request': { status: 400, detail: 'The request is not valid.' },
  'temporarily-unavailable': {
    status: 503,
    detail: 'The products cannot be read right now.',
    retryAfterSeconds: 5,
  },
} satisfies Record<string, Refusal>;

/** Why a request for offers gets none. */
export type OffersRefusal = keyof typeof REFUSALS;

/** Browsers and proxies keep an answer for at most this long. */
const MAX_AGE_S = 60;

/** The answer with offers, to be kept until the first of them changes by the clock. */
export function answerWithOffers(at: Date, offers: readonly ToldOffer[]): Answer {
  // ISO 8601 in UTC sorts as text.
  const [next] = offers.flatMap((offer) => ('validUntil' in offer && offer.validUntil) || []).sort();
  const seconds = next === undefined ? MAX_AGE_S : Math.floor((Date.parse(next) - at.getTime()) / 1000);
  const maxAge = Math.min(MAX_AGE_S, seconds);
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': `private, max-age=${maxAge}` },
    body: { at: at.toISOString(), offers },
  };
}

/** The answer to a request that gets no offers. */
export function answerToOffersRefusal(reason: OffersRefusal, issues?: readonly Issue[]): Answer {
  const answer = problem(REFUSALS[reason], { reason, ...(issues && { issues }) });
  answer.headers['cache-control'] = 'no-store';
  return answer;
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
