import { setMaxListeners } from 'node:events';
import type { Span } from '@opentelemetry/api';
import type { Log, LogLevel } from '../log.ts';
import type { Issue } from '../message/issue.ts';
import { productId as ProductId } from '../message/scalars.ts';
import { type OfferContext, offerFor } from '../offer/offer.ts';
import type { ProductItem } from '../product/document.ts';
import { limitInFlight } from '../receive/limit-in-flight.ts';
import type { Answer } from '../receive/problem.ts';
import { type IncomingRequest, readBody } from '../receive/read-body.ts';
import type { AppSettings } from '../settings/app-settings.ts';
import type { OfferSettings } from '../settings/offer-settings.ts';
import type { ProductReader } from '../store/product-store.ts';
import { record } from '../telemetry/metrics.ts';
import { errorTypeOf } from '../telemetry/trace.ts';
import {
  answerToOffersRefusal,
  answerWithOffers,
  hiddenOffer,
  type OffersRefusal,
  type ToldOffer,
  toldOffer,
} from './offers-answer.ts';
import { type OfferItem, type OffersRequest, readOffersRequest } from './offers-request.ts';
import { KeysUnavailableError, signingKeys } from './signing-keys.ts';
import { type Shopper, type TokenCheck, type TokenRefusal, tokenChecker } from './userinfo-token.ts';

export type OffersSettings = OfferSettings &
  Pick<AppSettings, 'marketplaceId' | 'maxBodyBytes' | 'maxBodySeconds'>;

/** `span` is what the request is a part of. */
export type OffersParts = { products: ProductReader; log: Log; span?: Span | undefined };

/** Products are read within this time, or the answer is 503. */
const READ_BUDGET_MS = 5_000;

/** What a caller is told of a token that was refused; the rest stays in metrics and logs. */
const TOLD: Partial<Record<TokenRefusal, OffersRefusal>> = {
  missing: 'no-token',
  expired: 'expired-token',
  'not-yet-valid': 'expired-token',
  marketplace: 'wrong-marketplace',
};

/**
 * Makes what answers `POST /api/offers`: one for the whole worker, because it counts those in flight and keeps
 * OrderCloud's keys. The token is checked before the body is read.
 */
export function offersAnswerer(settings: OffersSettings, now: () => Date = () => new Date()) {
  const means = { settings, check: tokenChecker(settings, signingKeys(settings.apiUrl)), now };
  const answerOne = limitInFlight('answer offers', settings.maxOffersInFlight);
  return async (request: IncomingRequest, parts: OffersParts): Promise<Answer> => {
    const answer = await answerOne(parts.span, (span) => respond(request, means, { ...parts, span }));
    return answer ?? refuse('too-many-in-flight', parts);
  };
}

type Means = {
  settings: OffersSettings;
  check: (authorization: string | null) => Promise<TokenCheck>;
  now: () => Date;
};

async function respond(
  request: IncomingRequest,
  { settings, check, now }: Means,
  parts: OffersParts,
): Promise<Answer> {
  let token: TokenCheck;
  try {
    token = await check(request.headers.get('authorization'));
  } catch (error) {
    if (error instanceof KeysUnavailableError) return refuse('keys-unavailable', parts);
    throw error;
  }
  if (!token.ok) return refuse(TOLD[token.refusal] ?? 'invalid-token', parts, { token: token.refusal });
  const body = await readBody(request, settings);
  if (typeof body === 'string') return refuse(body, parts);
  const asked = readOffersRequest(body, token.shopper.currency);
  if (!asked.ok) return refuse('invalid-request', parts, { issues: asked.issues });
  return answer({ request: asked.request, shopper: token.shopper, at: now(), parts });
}

/** Who asks, for what, and when; and where the products come from. */
type Asked = {
  request: OffersRequest;
  shopper: Shopper;
  at: Date;
  reads: ProductReads;
  parts: OffersParts;
};

async function answer(asked: Omit<Asked, 'reads'>): Promise<Answer> {
  const { request, at, parts } = asked;
  const reads = productReads(parts);
  try {
    const offers = await Promise.all(request.items.map((item) => toldItem(item, { ...asked, reads })));
    return answerWithOffers(at, offers);
  } catch (error) {
    return refuse('temporarily-unavailable', parts, { problem: errorTypeOf(error) });
  }
}

type ProductReads = { read(id: string): Promise<ProductItem | null>; forget(id: string): void };

/** Reads of one request: side by side, each product once until it is forgotten, and all within the budget. */
function productReads({ products, span }: OffersParts): ProductReads {
  const signal = AbortSignal.timeout(READ_BUDGET_MS);
  // Each read listens to it: without this, Node takes 11 of them for a leak.
  setMaxListeners(0, signal);
  const reads = new Map<string, Promise<ProductItem | null>>();
  return {
    read(id) {
      const item = reads.get(id) ?? products.readItem(id, { signal, span });
      reads.set(id, item);
      return item;
    },
    forget: (id) => reads.delete(id),
  };
}

/** No ID but a product's is ever read: a message's ParentID may be any text. */
function parentIdOf(item: ProductItem | null): string | null {
  const id = item !== null && 'parentId' in item ? item.parentId : null;
  return id !== null && ProductId.safeParse(id).success ? id : null;
}

/** @throws StoreUnavailableError if the product or its parent cannot be read */
async function toldItem(item: OfferItem, { request, shopper, at, reads, parts }: Asked): Promise<ToldOffer> {
  const { productId, quantity, otherQuantity, specs, sellerId, catalogId, categoryId, orderKind } = item;
  const { buyerId, userGroupIds, marketplace } = shopper;
  const document = await reads.read(productId);
  // A hundred documents that stay until the last one is there cost the garbage collector more than the offers take.
  reads.forget(productId);
  const parentId = parentIdOf(document);
  const parent = parentId === null ? null : await reads.read(parentId);
  const currency = shopper.currency ?? request.currency ?? null;
  // Spread from both, it takes a third of the time that an offer does.
  const context: OfferContext = {
    at,
    buyerId,
    userGroupIds,
    currency,
    marketplace,
    quantity,
    otherQuantity,
    specs,
    sellerId,
    catalogId,
    categoryId,
    orderKind,
    parent,
  };
  try {
    const offer = offerFor(document, context);
    const isVisible = offer.visible && document !== null && !('deleted' in document);
    record('productsync.offers', 1, { outcome: isVisible ? offer.priceState : 'hidden' });
    return isVisible
      ? toldOffer(offer, document, request.include?.includes('product') === true)
      : hiddenOffer(productId);
  } catch (error) {
    // Somebody else wrote the item, in a form of their own: there is nothing that could safely be told of it.
    record('productsync.offers', 1, { outcome: 'unreadable' });
    parts.log('error', 'an item is no product document', { productId, problem: errorTypeOf(error) });
    return hiddenOffer(productId);
  }
}

/** How loud the one line about a refused request is: what callers do wrong must not become a flood of warnings. */
const REFUSAL_LEVEL: Partial<Record<OffersRefusal, LogLevel>> = {
  'keys-unavailable': 'error',
  'temporarily-unavailable': 'error',
};

type Details = { token?: TokenRefusal; problem?: string; issues?: readonly Issue[] };

function refuse(reason: OffersRefusal, { log }: OffersParts, { issues, ...details }: Details = {}): Answer {
  const answer = answerToOffersRefusal(reason, issues);
  record('productsync.offers.refused', 1, { reason, token: details.token ?? 'none' });
  const level = REFUSAL_LEVEL[reason] ?? 'debug';
  log(level, 'a request for offers was refused', { reason, status: answer.status, ...details });
  return answer;
}
