import { HttpRequest } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { eventHubTarget } from '../../cli/send/event-hub.ts';
import { webhookTarget } from '../../cli/send/webhook.ts';
import { readHealth } from '../../cli/status/health.ts';
import { health } from '../../functions/health.ts';
import { productWebhook } from '../../functions/product-webhook.ts';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { chooseWebhookSecret } from '../../local/stack-settings.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { startReceiver } from '../e2e/cli/receiver.ts';
import { envelope } from '../support/deliveries.ts';
import { invocationContext, recordingLog } from '../support/log.ts';
import { startTestStack } from '../support/stack.ts';

describe('a setting that is no secret', () => {
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
});

// The local webhook secret is public: it must not open the way into a real account.

const KEY = 'AccountKey=a2V5LW9mLXRoZS10ZXN0cw==;';

describe('the secret of a start whose settings bring none', () => {
  it.each([
    { COSMOS_ENDPOINT: 'https://shop.documents.azure.com:443/' },
    { COSMOS_CONNECTION_STRING: `AccountEndpoint=https://shop.documents.azure.com:443/;${KEY}` },
    { COSMOS_CONNECTION_STRING: `accountendpoint=https://shop.documents.azure.com:443/;${KEY}` },
    { COSMOS_ENDPOINT: 'https://localhost.example/' },
    {
      COSMOS_CONNECTION_STRING: `AccountEndpoint=https://shop.documents.azure.com:443/;${KEY}`,
      COSMOS_ENDPOINT: 'https://localhost:8081/',
    },
    { COSMOS_ENDPOINT: 'not a URL' },
  ])('is random beside the account of %o', (settings) => {
    const secret = chooseWebhookSecret(settings as Record<string, string>);
    expect(secret).toMatch(/^[0-9a-f]{48}$/);
    expect(chooseWebhookSecret(settings as Record<string, string>)).not.toBe(secret);
  });

  it.each([
    { COSMOS_ENDPOINT: 'https://localhost:8081/' },
    { COSMOS_CONNECTION_STRING: `AccountEndpoint=http://127.0.0.1:8081/;${KEY}` },
    { COSMOS_CONNECTION_STRING: `AccountEndpoint=https://[::1]:8081/;${KEY}` },
  ])('is the known one with %o', (settings) => {
    expect(chooseWebhookSecret(settings as Record<string, string>)).toBe(LOCAL_WEBHOOK_SECRET);
  });

  it('refuses a webhook that is signed with the known one', async () => {
    // Nothing answers there, and nothing needs to: the signature is looked at first.
    const env = { COSMOS_CONNECTION_STRING: `AccountEndpoint=https://shop.invalid:443/;${KEY}` };
    const stack = await startTestStack({ env });
    try {
      expect((await stack.post('{}')).status).toBe(401);
      expect(stack.webhookSecret).toMatch(/^[0-9a-f]{48}$/);
    } finally {
      await stack.close();
    }
  });
});

describe('keys in clear', () => {
  const PATH = '/api/webhooks/products';
  const KEY = { FUNCTIONS_KEY: 'key-from-variable' };
  const secret = 'secret-from-flag';

  describe('send', () => {
    it.each([
      [{ url: `http://app.example${PATH}`, secret }, KEY],
      [{ url: `http://app.example${PATH}?code=abc`, secret }, {}],
      [{ url: `http://10.0.0.1${PATH}`, secret }, KEY],
      [{ url: `http://127.0.0.1.example${PATH}`, secret }, KEY],
    ])('sends no key in clear: %o', (options, env) => {
      expect(() => webhookTarget(options, env)).toThrow(/use https/);
    });

    it.each([
      [{ url: `https://app.example${PATH}?code=abc`, secret }, KEY],
      [{ url: `http://127.0.0.1:7071${PATH}?code=abc`, secret }, KEY],
      [{ url: `http://[::1]:7071${PATH}`, secret }, KEY],
      [{ url: `http://receiver.internal${PATH}`, secret }, {}],
    ])('sends by %o', (options, env) => {
      expect(webhookTarget(options, env).url.href).toBe(options.url);
    });

    it('sends no key of an Event Hub in clear', () => {
      const connectionString = (host: string) =>
        `Endpoint=sb://${host};SharedAccessKeyName=a;SharedAccessKey=hidden-key-of-the-hub;UseDevelopmentEmulator=true`;
      expect(() => eventHubTarget({ connectionString: connectionString('hub.example') }, {})).toThrow(
        /UseDevelopmentEmulator=true only on this machine/,
      );
      const local = eventHubTarget({ connectionString: connectionString('127.0.0.1:5672') }, {});
      expect(local.address).toBe('sb://127.0.0.1:5672/products');
    });
  });

  describe('status', () => {
    it('sends the key for the health to this machine', async () => {
      const { url, received } = await startReceiver();
      await readHealth(url, 'key-from-variable');
      expect(received[0]?.headers['x-functions-key']).toBe('key-from-variable');
    });

    it('sends it by http to no address that is not known to be this machine', async () => {
      const { url, received } = await startReceiver();
      await readHealth(url.replace('127.0.0.1', '[::ffff:127.0.0.1]'), 'key-from-variable');
      expect(received.map(({ headers }) => headers['x-functions-key'])).toEqual([undefined]);
    });
  });
});
