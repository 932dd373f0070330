import { z } from 'zod';
import { DOUBTS, REASONS } from '../../src/offer/codes.ts';
import { answerToRefusal } from '../../src/receive/answer.ts';
import { answerToOffersRefusal, type OffersRefusal } from '../../src/serve/offers-answer.ts';
import { MAX_ITEMS, OffersRequest } from '../../src/serve/offers-request.ts';
import { type DocumentedProblem, object, problemResponses } from './problems.ts';

// A record, not a list: the compiler asks for every one there is.
const REFUSALS: Record<OffersRefusal, true> = {
  'not-configured': true,
  'too-many-in-flight': true,
  'no-token': true,
  'invalid-token': true,
  'expired-token': true,
  'wrong-marketplace': true,
  'keys-unavailable': true,
  'body-too-large': true,
  'body-too-slow': true,
  aborted: true,
  'invalid-request': true,
  'temporarily-unavailable': true,
};

const DESCRIPTIONS: Record<number, string> = {
  400: 'The request is not valid: `issues` names everything that is wrong. Or (`aborted`) it ended before its body was complete.',
  401: 'The token is missing, wrong, expired, or of another marketplace. The body is not read.',
  408: 'The body did not arrive within `MAX_BODY_SECONDS`.',
  413: 'The body is larger than `MAX_BODY_BYTES`.',
  429: 'More than `MAX_OFFERS_IN_FLIGHT` requests are being answered, or more than the Functions host lets in (then with no body).',
  500: 'A defect. Its operator finds the reason in the log.',
  503: 'Ask again after `Retry-After` seconds.',
};

/** `POST /offers` as OpenAPI describes an operation. Statuses, reasons and headers are asked of the code that answers. */
export function productOffers(): object {
  const { $schema: _, ...body } = z.toJSONSchema(OffersRequest, { io: 'input', unrepresentable: 'any' });
  const items = (body.properties as { items: object }).items;
  Object.assign(items, { maxItems: MAX_ITEMS });
  const problems: DocumentedProblem[] = (Object.keys(REFUSALS) as OffersRefusal[]).map((reason) => ({
    reason,
    schema: reason === 'invalid-request' ? 'InvalidRequest' : 'Refusal',
    answer: answerToOffersRefusal(reason),
  }));
  problems.push({ reason: 'internal-error', schema: 'Refusal', answer: answerToRefusal('internal-error') });
  return {
    operationId: 'productOffers',
    summary: 'Answers what a shopper may see of products, what these cost, and until when.',
    description:
      'Registered only when ORDERCLOUD_API_URL is set. docs/offers.md has the rules. A product that is hidden, deleted or unknown gives the same answer.',
    security: [{ userInfoToken: [] }],
    requestBody: { required: true, content: { 'application/json': { schema: body } } },
    responses: {
      200: {
        description: 'One offer for each item, in the order asked.',
        headers: {
          'cache-control': {
            required: true,
            description: 'Seconds until the first offer changes by the clock, at most 60.',
            schema: { type: 'string', pattern: '^private, max-age=\\d+$' },
          },
        },
        content: { 'application/json': { schema: OFFERS } },
      },
      ...problemResponses(problems, DESCRIPTIONS),
    },
  };
}

const TEXT = { type: 'string' };
const FLAG = { type: 'boolean' };
const NUMBER = { type: ['number', 'null'] };
const KIND = { enum: ['regular', 'sale', 'subscription', 'bundle', null] };

const OFFER = object(
  {
    productId: TEXT,
    visible: { const: true },
    priceState: { enum: ['priced', 'none', 'notCarried'] },
    currency: { type: ['string', 'null'] },
    quantity: NUMBER,
    minQuantity: NUMBER,
    maxQuantity: NUMBER,
    restricted: FLAG,
    breaks: {
      type: 'array',
      items: object({ from: { type: 'number' }, to: NUMBER, price: NUMBER, kind: KIND }),
    },
    breakFrom: NUMBER,
    priceKind: KIND,
    basePrice: NUMBER,
    unitPrice: NUMBER,
    lineSubtotal: NUMBER,
    onSale: FLAG,
    scheduleOnSale: FLAG,
    orderable: FLAG,
    validUntil: { type: ['string', 'null'], format: 'date-time' },
    reasons: { type: 'array', uniqueItems: true, items: { enum: Object.keys(REASONS) } },
    doubts: { type: 'array', uniqueItems: true, items: { enum: Object.keys(DOUBTS) } },
    syncedAt: {
      type: 'string',
      format: 'date-time',
      description: 'The time of the last message of this document.',
    },
  },
  {
    product: {
      type: 'object',
      description: 'The stored document without buyerIds, userGroupIds, supplierIds, pricing and sync.',
    },
  },
);

const OFFERS = object({
  at: { type: 'string', format: 'date-time' },
  offers: {
    type: 'array',
    items: { oneOf: [OFFER, object({ productId: TEXT, visible: { const: false } })] },
  },
});
