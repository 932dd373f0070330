import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type HttpHandler, HttpRequest } from '@azure/functions';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { health } from '../../functions/health.ts';
import { productWebhook } from '../../functions/product-webhook.ts';
import { httpRoutes } from '../../local/functions-host/routes.ts';
import { startWorker } from '../../local/functions-host/worker.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { startTestCosmos, type TestCosmos } from '../support/cosmos.ts';
import { envelope, PRODUCT_DELETED } from '../support/deliveries.ts';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts';
import { checkedAnswer } from '../support/leaks/check.ts';
import { invocationContext, recordingHostLog, recordingLog } from '../support/log.ts';

const SECRET = 'a-secret-of-the-tests';

type Operation = {
  operationId: string;
  security: Record<string, never[]>[];
  responses: Record<string, { headers?: Record<string, AnySchema>; content: Record<string, AnySchema> }>;
};

const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

let cosmos: TestCosmos;
let fault: number | undefined;
let proxy: FaultyProxy;
beforeAll(async () => {
  cosmos = await startTestCosmos();
  proxy = await startFaultyProxy(cosmos.endpoint, ({ method, url }) => {
    const isItem = /\/docs$/.test(url ?? '') && method === 'POST' && url?.includes('products');
    return fault !== undefined && (isItem || fault === 503) ? { kind: 'status', status: fault } : undefined;
  });
});
afterAll(async () => {
  await proxy.close();
  await cosmos.close();
});

it('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

it('every HTTP function of the built app is in it, and nothing else', async () => {
  vi.stubEnv('COSMOS_CONNECTION_STRING', cosmos.connectionString);
  vi.stubEnv('ORDERCLOUD_WEBHOOK_SECRETS', SECRET);
  vi.stubEnv('ORDERCLOUD_API_URL', 'https://api.example');
  const worker = await startWorker({ entry: resolve('dist/app/main.cjs'), log: recordingHostLog() });
  const registered = httpRoutes(worker.functions).map(({ functionName, template, methods }) => ({
    operationId: functionName,
    path: `/${template}`,
    methods,
    isAnonymous:
      worker.functions.find(({ name }) => name === functionName)?.trigger.authLevel === 'anonymous',
  }));
  await worker.close();
  vi.unstubAllEnvs();
  const documented = operations.map(({ path, method, operation: { operationId, security } }) => ({
    operationId,
    path,
    methods: [method.toUpperCase()],
    isAnonymous: security.every((scheme) => !('functionKeyHeader' in scheme || 'functionKeyQuery' in scheme)),
  }));
  expect(registered.sort(byPath)).toEqual(documented.sort(byPath));
});

const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);

describe('a real answer is as the document says', () => {
  const env = () => ({
    COSMOS_CONNECTION_STRING: `AccountEndpoint=${proxy.url}/;AccountKey=${KEY};`,
    ORDERCLOUD_WEBHOOK_SECRETS: SECRET,
    ORDERCLOUD_MARKETPLACE_ID: 'roastery',
  });
  const KEY = Buffer.from('key-of-the-tests').toString('base64');
  const product = (id: string, more: object = {}) => envelope({ ProductID: id, ...more });
  const large = () => product('LARGE', { xp: { text: 'x'.repeat(2_050_000) } });

  it.each<[string, number, string, () => Buffer, { unsigned?: true; fault?: number; env?: object }?]>([
    ['created', 200, 'created', () => product('API')],
    ['deleted', 200, 'deleted', () => envelope({ ProductID: 'API-GONE' }, PRODUCT_DELETED)],
    ['ignored', 200, 'ignored', () => envelope({}, 'sitecore.ordercloud.messages.order.submitted')],
    ['invalid JSON', 400, 'invalid-json', () => Buffer.from('{')],
    ['a missing type', 400, 'missing-type', () => Buffer.from('{"ProductID":"API"}')],
    ['an invalid message', 400, 'invalid-message', () => product('API', { Active: 'yes', Name: 3 })],
    ['no signature', 401, 'bad-signature', () => product('API'), { unsigned: true }],
    ['a large body', 413, 'body-too-large', () => product('API'), { env: { MAX_BODY_BYTES: '9' } }],
    ['another marketplace', 422, 'wrong-marketplace', () => product('API', { Marketplace: 'bakery' })],
    ['a large document', 422, 'document-too-large', large],
    ['a refusal of the store', 422, 'store-refused', () => product('API-REFUSED'), { fault: 413 }],
    ['an outage', 503, 'temporarily-unavailable', () => product('API'), { fault: 503 }],
    ['no secret', 503, 'not-configured', () => product('API'), { env: { ORDERCLOUD_WEBHOOK_SECRETS: '' } }],
  ])('%s: %i %s', async (_, status, word, body, given = {}) => {
    fault = given.fault;
    const app = createApp(readConfig({ ...env(), ...given.env }), recordingLog());
    const answer = await answerOf(productWebhook(app).handler, post(body(), given.unsigned ? null : SECRET));
    fault = undefined;
    expect([answer.status, answer.body.reason ?? answer.body.outcome]).toEqual([status, word]);
    expect(differences('/webhooks/products', 'post', answer)).toEqual([]);
  });

  it('too many in flight, and a body that breaks off: 503 and 400', async () => {
    const app = createApp(readConfig({ ...env(), MAX_WEBHOOKS_IN_FLIGHT: '1' }), recordingLog());
    let breakOff = () => {};
    const body = new ReadableStream({
      start: (controller) => {
        breakOff = () => controller.error(new Error('ECONNRESET'));
      },
    });
    const request = { headers: new Headers(), body } as unknown as HttpRequest;
    const first = answerOf(productWebhook(app).handler, request);
    const answers = [await answerOf(productWebhook(app).handler, post(product('API'), SECRET))];
    breakOff();
    answers.push(await first);
    expect(answers.map(({ body: { reason } }) => reason)).toEqual(['too-many-in-flight', 'aborted']);
    for (const answer of answers) expect(differences('/webhooks/products', 'post', answer)).toEqual([]);
  });

  it.each([
    ['well', 200, {}],
    ['with settings missing', 503, { COSMOS_CONNECTION_STRING: '' }],
    ['with a container missing', 503, { COSMOS_PRODUCTS_CONTAINER: 'elsewhere' }],
  ])('health, %s: %i', async (_, status, more) => {
    const app = createApp(readConfig({ ...env(), ...more }), recordingLog());
    const request = new HttpRequest({ method: 'GET', url: 'http://localhost/api/health' });
    const answer = await answerOf(health(app).handler, request);
    expect(answer.status).toBe(status);
    expect(differences('/health', 'get', answer)).toEqual([]);
  });

  it('and another answer is told apart', () => {
    const answer = { status: 413, headers: { 'content-type': 'application/problem+json' }, body: {} };
    const body = { type: 'about:blank', title: 'x', status: 413, detail: 'x', reason: 'body-too-large' };
    expect(differences('/webhooks/products', 'post', { ...answer, body })).toEqual([]);
    expect(
      differences('/webhooks/products', 'post', { ...answer, body: { ...body, status: 400 } }),
    ).not.toEqual([]);
    expect(differences('/webhooks/products', 'post', { ...answer, body: { ...body, body: 1 } })).not.toEqual(
      [],
    );
    expect(differences('/webhooks/products', 'post', { ...answer, status: 418, body })).not.toEqual([]);
    expect(differences('/webhooks/products', 'post', { ...answer, status: 503, body })).not.toEqual([]);
    const withType = { ...answer, headers: { 'content-type': 'application/json' }, body };
    expect(differences('/webhooks/products', 'post', withType)).not.toEqual([]);
  });
});

type RealAnswer = { status: number; headers: Record<string, string>; body: Record<string, unknown> };

function post(body: Buffer, secret: string | null): HttpRequest {
  const headers = secret === null ? {} : { 'x-oc-hash': signatureOf(body, secret) };
  const url = 'http://localhost/api/webhooks/products';
  return new HttpRequest({ method: 'POST', url, body: { bytes: body }, headers });
}

/** Calls a handler as the host does, and gives what goes over the wire. */
async function answerOf(handler: HttpHandler, request: HttpRequest): Promise<RealAnswer> {
  const answer = checkedAnswer((await handler(request, invocationContext())) ?? {});
  const {
    status = 200,
    headers,
    jsonBody,
  } = answer as { status?: number; headers?: object; jsonBody: object };
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.parse(JSON.stringify(jsonBody)),
  };
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema(document as unknown as AnySchema, 'openapi');

/** Where an answer is not as the document says: its status, its headers, or its body. */
function differences(path: string, method: string, { status, headers, body }: RealAnswer): string[] {
  const response = document.paths[path]?.[method]?.responses[status];
  if (response === undefined) return [`status ${status} is not documented`];
  const mediaType = headers['content-type'] ?? '';
  if (response.content[mediaType] === undefined) return [`${mediaType} is not documented`];
  const pointer = ['paths', path, method, 'responses', String(status), 'content', mediaType, 'schema'];
  const found = errorsOf({ $ref: `openapi#/${pointer.map(escapePointer).join('/')}` }, body);
  for (const [name, header] of Object.entries(response.headers ?? {})) {
    const value = headers[name];
    const { required, schema } = header as { required: boolean; schema: { type?: string } };
    if (value === undefined && required) found.push(`the header ${name} is missing`);
    else if (value !== undefined)
      found.push(...errorsOf(schema, schema.type === 'integer' ? Number(value) : value));
  }
  return found;
}

function errorsOf(schema: AnySchema, value: unknown): string[] {
  const validate = ajv.compile(schema);
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function escapePointer(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
