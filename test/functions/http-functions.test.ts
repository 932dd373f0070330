import { type HttpHandler, HttpRequest } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { health } from '../../functions/health.ts';
import { productWebhook } from '../../functions/product-webhook.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { startTestCosmos, type TestCosmos } from '../support/cosmos.ts';
import { PRODUCT_UPDATED } from '../support/deliveries.ts';
import { checkedAnswer } from '../support/leaks/check.ts';
import { invocationContext, type LogLine, recordingLog } from '../support/log.ts';

let cosmos: TestCosmos;
beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

/** Calls a handler as the host does. */
const answerOf = (handler: HttpHandler) => async (request: HttpRequest) =>
  checkedAnswer(await handler(request, invocationContext()));
const post = (body: Buffer, headers: Record<string, string> = {}) =>
  new HttpRequest({
    method: 'POST',
    url: 'http://localhost/api/webhooks/products',
    body: { bytes: body },
    headers,
  });

const BODY = Buffer.from(`{"Headers":{"type":"${PRODUCT_UPDATED}"},"Payload":{"ProductID":"OPENSSL"}}`);
// Made with another tool over the same bytes: openssl dgst -sha256 -hmac SECRET -binary body.json | base64
const SIGNATURES: Record<string, string> = {
  'roast-1': 'dwezHztgpTilYLsEy0vqPJhvgEc/tI7lwMgEbV+ZnGE=',
  'roast-2': 'vqcwCFxtHMJGPLhIwuxs2U+A3JZ4ROzcHab320Xwsfc=',
};

describe('productWebhook', () => {
  it.each(['roast-1', 'roast-2'])('takes a body signed with either of two secrets: %s', async (secret) => {
    const app = createApp(
      readConfig({
        COSMOS_CONNECTION_STRING: cosmos.connectionString,
        ORDERCLOUD_WEBHOOK_SECRETS: 'roast-1,roast-2',
      }),
      recordingLog(),
    );
    const answer = await answerOf(productWebhook(app).handler)(
      post(BODY, { 'x-oc-hash': SIGNATURES[secret] ?? '' }),
    );
    expect(answer).toMatchObject({ status: 200, jsonBody: { productId: 'OPENSSL' } });
  });

  it('refuses everything while no secret is configured, and says so once at start', async () => {
    const lines: LogLine[] = [];
    const app = createApp(
      readConfig({ COSMOS_CONNECTION_STRING: cosmos.connectionString }),
      recordingLog(lines),
    );
    const answer = await answerOf(productWebhook(app).handler)(
      post(BODY, { 'x-oc-hash': SIGNATURES['roast-1'] ?? '' }),
    );
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '60' },
      jsonBody: {
        reason: 'not-configured',
        detail: 'The receiver is not set up yet. Settings to fix: ORDERCLOUD_WEBHOOK_SECRETS.',
      },
    });
    expect(lines).toEqual([
      {
        level: 'error',
        event: expect.stringMatching(/ORDERCLOUD_WEBHOOK_SECRETS is missing\.$/),
        fields: { settings: ['ORDERCLOUD_WEBHOOK_SECRETS'] },
      },
    ]);
  });

  it('answers 503 while settings are wrong', async () => {
    const answer = await answerOf(productWebhook(createApp(readConfig({}), recordingLog())).handler)(
      post(BODY),
    );
    expect(answer).toMatchObject({ status: 503, jsonBody: { reason: 'not-configured' } });
  });
});

describe('health', () => {
  it('is 200 when all is well, and names nothing', async () => {
    const app = createApp(
      readConfig({
        COSMOS_CONNECTION_STRING: cosmos.connectionString,
        ORDERCLOUD_WEBHOOK_SECRETS: 'roast-1',
      }),
      recordingLog(),
    );
    expect(
      await answerOf(health(app).handler)(new HttpRequest({ method: 'GET', url: 'http://localhost/' })),
    ).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      jsonBody: { status: 'healthy' },
    });
  });

  it('is 503 and names the failing checks only', async () => {
    const app = createApp(readConfig({ COSMOS_ENDPOINT: 'nowhere' }), recordingLog());
    expect(
      await answerOf(health(app).handler)(new HttpRequest({ method: 'GET', url: 'http://localhost/' })),
    ).toMatchObject({
      status: 503,
      jsonBody: { status: 'unhealthy', failing: ['settings', 'webhook-secret'] },
    });
  });
});

describe('a handler that fails', () => {
  const failures: [string, () => Promise<never>][] = [
    ['by a rejection', () => Promise.reject(new RangeError('quotes {"price":1}'))],
    [
      'at once',
      () => {
        throw new TypeError('quotes {"price":1}');
      },
    ],
    ['with no error', () => Promise.reject('quotes {"price":1}')],
  ];

  it.each(failures)('answers a problem all the same, and says where: %s', async (_, fail) => {
    const app = {
      ...createApp(readConfig({}), recordingLog()),
      receiveWebhook: fail,
      failingHealthChecks: fail,
    };
    for (const handler of [productWebhook(app).handler, health(app).handler]) {
      const lines: string[] = [];
      const answer = await handler(post(BODY), invocationContext({}, lines));
      expect(answer).toMatchObject({
        status: 500,
        headers: { 'content-type': 'application/problem+json' },
        jsonBody: { status: 500, reason: 'internal-error' },
      });
      expect(lines).toEqual([expect.stringMatching(/^error .*"a request failed"/)]);
      expect(lines.join() + JSON.stringify(answer)).not.toContain('price');
    }
  });
});
