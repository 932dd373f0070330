import { HttpRequest } from '@azure/functions';
import { expect, it } from 'vitest';
import { health } from '../../functions/health.ts';
import { productWebhook } from '../../functions/product-webhook.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { envelope } from '../support/deliveries.ts';
import { invocationContext, recordingLog } from '../support/log.ts';

const REFERENCE = '@Microsoft.KeyVault(SecretUri=https://roastery.vault.azure.net/secrets/webhook/)';
const APP = { COSMOS_ENDPOINT: 'https://127.0.0.1:1/' };

it.each([
  ['the text of a reference that Azure could not resolve', REFERENCE, REFERENCE],
  ['the space after a comma', 'a-secret-of-the-tests, ', ' '],
  ['an invisible character after a comma', 'a-secret-of-the-tests,\u200b', '\u200b'],
])(
  'a webhook signed with %s is refused, and health says that the settings are wrong',
  async (_, setting, secret) => {
    const app = createApp(readConfig({ ...APP, ORDERCLOUD_WEBHOOK_SECRETS: setting }), recordingLog());
    const body = envelope({ ProductID: 'FORGED' });
    const request = new HttpRequest({
      method: 'POST',
      url: 'http://localhost/api/webhooks/products',
      body: { bytes: body },
      headers: { 'x-oc-hash': signatureOf(body, secret) },
    });
    const answer = await productWebhook(app).handler(request, invocationContext());
    expect(answer).toMatchObject({ status: 503, jsonBody: { reason: 'not-configured' } });
    const checked = await health(app).handler(
      new HttpRequest({ method: 'GET', url: 'http://localhost/' }),
      invocationContext(),
    );
    expect(checked).toMatchObject({
      status: 503,
      jsonBody: { failing: expect.arrayContaining(['settings']) },
    });
  },
);

it.each([
  ['COSMOS_KEY', { ...APP, COSMOS_KEY: REFERENCE }],
  ['COSMOS_CONNECTION_STRING', { COSMOS_CONNECTION_STRING: REFERENCE }],
  ['ORDERCLOUD_MARKETPLACE_ID', { ...APP, ORDERCLOUD_MARKETPLACE_ID: REFERENCE }],
  ['EventHubConnection', { ...APP, EventHubConnection: REFERENCE }],
  [
    'KAFKA_PASSWORD',
    { ...APP, KAFKA_BROKERS: 'b:1', KAFKA_TOPIC: 't', KAFKA_USERNAME: 'u', KAFKA_PASSWORD: REFERENCE },
  ],
])('%s is never the text of a reference', (name, env) => {
  const { problems } = readConfig(env);
  expect(problems.filter((problem) => problem.name === name)).toEqual([
    expect.objectContaining({ problem: 'is a reference that Azure could not resolve' }),
  ]);
});

it.each([
  ['COSMOS_ENDPOINT', { COSMOS_ENDPOINT: 'http://roastery.documents.azure.com/', COSMOS_KEY: 'a2V5' }],
  [
    'COSMOS_CONNECTION_STRING',
    { COSMOS_CONNECTION_STRING: 'AccountEndpoint=http://roastery.documents.azure.com/;AccountKey=a2V5;' },
  ],
  [
    'EventHubConnection',
    {
      EventHubConnection:
        'Endpoint=sb://roastery;SharedAccessKeyName=a;SharedAccessKey=a2V5;UseDevelopmentEmulator=true',
    },
  ],
])('%s sends no key where it can be read on the way', (name, env) => {
  expect(readConfig(env).problems.map((problem) => problem.name)).toContain(name);
});
