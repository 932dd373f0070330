import packageJson from '../../package.json' with { type: 'json' };
import type { HealthCheck } from '../../src/health.ts';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../src/message/message-type.ts';
import { answerToRefusal, answerToSettled, type RefusalReason } from '../../src/receive/answer.ts';
import { DEAD_LETTER_REASONS, type Rejection } from '../../src/store/dead-letter.ts';
import type { WriteOutcome } from '../../src/sync/decide.ts';
import { productOffers } from './offers.ts';
import { type DocumentedProblem, object, PROBLEM_SCHEMAS, problemResponses, ref } from './problems.ts';

// Records, not lists: the compiler asks for every one there is.
const REFUSALS: Record<RefusalReason, true> = {
  'not-configured': true,
  'too-many-in-flight': true,
  'body-too-large': true,
  'body-too-slow': true,
  'bad-signature': true,
  aborted: true,
  'internal-error': true,
  'temporarily-unavailable': true,
};

const OUTCOMES: Record<WriteOutcome, true> = {
  created: true,
  updated: true,
  unchanged: true,
  deleted: true,
  stale: true,
  duplicate: true,
};

const CHECKS: Record<HealthCheck, true> = {
  settings: true,
  'webhook-secret': true,
  'cosmos-db': true,
  'products-container': true,
  'products-container-partition-key': true,
  'products-container-ttl': true,
  'dead-letters-container': true,
  'dead-letters-container-partition-key': true,
  'dead-letters-container-ttl': true,
};

const DESCRIPTIONS: Record<number, string> = {
  400: 'The message is invalid and kept as a dead letter; or (`aborted`) the request ended before its body was complete, and nothing is kept.',
  401: '`x-oc-hash` is missing or wrong. Nothing is stored, and the answer says nothing about the body. Without a valid function key, the Functions host answers 401 itself, with no body.',
  408: 'The body did not arrive within `MAX_BODY_SECONDS` (30 unless set otherwise), and nothing is kept.',
  413: 'The body is larger than `MAX_BODY_BYTES` (2 MiB unless set otherwise). The app reads no further, and nothing is kept. The Functions host reads a body with a Content-Length first: over its own limit it answers 500, with no body.',
  422: 'The message cannot be stored: it is a dead letter.',
  500: 'A defect, or a request that the Functions library could not pass on. Nothing is acknowledged.',
  503: 'Not acknowledged: send it again after `Retry-After` seconds. `not-configured` and `too-many-in-flight` are answered before the body is read.',
};

/** The HTTP side of the app as OpenAPI 3.1. Statuses, reasons and texts are asked of the code that answers. */
export function openApi(): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'OrderCloud product sync',
      version: packageJson.version,
      summary: packageJson.description,
      description: 'docs/contract.md defines what the app accepts, stores and answers.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      { url: 'https://{app}.azurewebsites.net/api', variables: { app: { default: 'NAME' } } },
      {
        url: 'http://127.0.0.1:7071/api',
        description: 'The local stack of npm start. It needs no function key.',
      },
    ],
    paths: {
      '/webhooks/products': { post: productWebhook() },
      '/offers': { post: productOffers() },
      '/health': { get: health() },
    },
    components: {
      securitySchemes: {
        functionKeyHeader: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        functionKeyQuery: {
          type: 'apiKey',
          in: 'query',
          name: 'code',
          description: 'Possible, but worse than the header: proxies and Azure log addresses.',
        },
        userInfoToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: "OrderCloud's userinfo token of the user who is signed in: /oauth/userinfo.",
        },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'x-oc-hash',
          description:
            'Base64 of HMAC-SHA256 over the exact bytes of the body, with the Secret of the delivery configuration. It must match one of ORDERCLOUD_WEBHOOK_SECRETS.',
        },
      },
      schemas: { Envelope: ENVELOPE, Outcome: OUTCOME, ...PROBLEM_SCHEMAS },
    },
  };
}

const FUNCTION_KEY = [{ functionKeyHeader: [] }, { functionKeyQuery: [] }];

function productWebhook(): object {
  const problems: DocumentedProblem[] = [
    ...(Object.keys(REFUSALS) as RefusalReason[]).map(refused),
    // A webhook's time is that of its arrival.
    ...DEAD_LETTER_REASONS.filter((reason) => reason !== 'invalid-time').map(rejected),
  ];
  return {
    operationId: 'productWebhook',
    summary: "Receives one message of OrderCloud's HTTP delivery.",
    description: 'Acknowledged only once its outcome is durable.',
    security: FUNCTION_KEY.map((key) => ({ ...key, signature: [] })),
    requestBody: {
      required: true,
      description: 'Of any content type. At most `MAX_BODY_BYTES`.',
      content: { 'application/json': { schema: ref('Envelope') } },
    },
    responses: {
      200: {
        description: 'The outcome is durable, or the type of the message is not processed (`ignored`).',
        content: { 'application/json': { schema: ref('Outcome') } },
      },
      ...problemResponses(problems, DESCRIPTIONS),
    },
  };
}

function health(): object {
  const response = (description: string, schema: object) => ({
    description,
    headers: { 'cache-control': { required: true, schema: { const: 'no-store' } } },
    content: { 'application/json': { schema } },
  });
  return {
    operationId: 'health',
    summary: 'Whether the app can do its work.',
    description:
      'Checks at most every 5 seconds. Names failing checks, and types that are nearly product types.',
    security: FUNCTION_KEY,
    responses: {
      200: response('All is well.', healthBody({ status: { const: 'healthy' } })),
      ...problemResponses([refused('internal-error')], DESCRIPTIONS),
      503: response(
        'Something fails.',
        healthBody({
          status: { const: 'unhealthy' },
          failing: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: Object.keys(CHECKS) } },
        }),
      ),
    },
  };
}

function healthBody(properties: Record<string, object>): object {
  const nearMisses = {
    description: 'Messages that this worker ignored although their type is nearly a product type.',
    type: 'array',
    items: object({ type: { type: 'string' }, count: { type: 'integer' } }),
  };
  return { ...object(properties), properties: { ...properties, nearMisses } };
}

const ENVELOPE = {
  description: `An envelope, with names in any case. A structured CloudEvent is accepted, too. Only ${PRODUCT_UPDATED} and ${PRODUCT_DELETED} are processed. The message model is that of docs/contract.md, section 2.`,
  type: 'object',
  properties: {
    Headers: {
      type: 'object',
      properties: { type: { type: 'string' }, marketplace: { type: 'string' } },
      required: ['type'],
    },
    Payload: {
      description: 'The message, or a string that contains it as JSON.',
      type: ['object', 'string'],
    },
  },
  required: ['Headers', 'Payload'],
  examples: [
    { Headers: { type: PRODUCT_UPDATED }, Payload: { ProductID: 'MUG', Name: 'Enamel Mug', Active: true } },
    { Headers: { type: PRODUCT_DELETED }, Payload: { ProductID: 'MUG' } },
  ],
};

const OUTCOME = {
  oneOf: [
    object({ outcome: { enum: Object.keys(OUTCOMES) }, productId: { type: 'string' } }),
    object({
      outcome: { const: 'ignored' },
      productId: { type: 'null' },
      messageType: { type: ['string', 'null'], description: 'The ignored type; at most 100 characters.' },
    }),
  ],
};

function refused(reason: RefusalReason): DocumentedProblem {
  return { reason, schema: 'Refusal', answer: answerToRefusal(reason) };
}

function rejected(reason: Rejection['reason']): DocumentedProblem {
  const rejection: Rejection = { reason, detail: '', issues: [], messageType: null, productId: null };
  const settled = { outcome: 'dead-lettered', productId: null, deadLetterId: '', rejection } as const;
  return { reason, schema: 'Rejection', answer: answerToSettled(settled) };
}
