import { describe, expect, it } from 'vitest';
import { DEFAULT_URL, webhookTarget } from '../../../cli/send/webhook.ts';
import { refusedUse } from '../../support/refused-use.ts';

const azure = 'https://roastery.azurewebsites.net/api/webhooks/products';

describe('the secret', () => {
  it.each([
    [
      'the flag',
      { url: azure, secret: 'secret-from-flag' },
      { ORDERCLOUD_WEBHOOK_SECRET: 'secret-from-variable' },
      'secret-from-flag',
    ],
    [
      'the variable',
      { url: azure },
      { ORDERCLOUD_WEBHOOK_SECRET: 'secret-from-variable' },
      'secret-from-variable',
    ],
    [
      'the variable',
      { url: DEFAULT_URL },
      { ORDERCLOUD_WEBHOOK_SECRET: 'secret-from-variable' },
      'secret-from-variable',
    ],
    ['the local stack', { url: DEFAULT_URL }, { ORDERCLOUD_WEBHOOK_SECRET: '' }, 'local-webhook-secret'],
    ['the local stack', { url: 'http://localhost:7071/' }, {}, 'local-webhook-secret'],
    ['the local stack', { url: 'http://[::1]:7071/' }, {}, 'local-webhook-secret'],
  ])('comes from %s for %j', (_, options, env, secret) => {
    expect(webhookTarget(options, env).secret).toBe(secret);
  });

  it.each([azure, 'http://127.0.0.1.example.com/', 'http://10.0.0.1/', 'http://localhost.example.com/'])(
    'of the local stack never goes to %s',
    (url) => {
      expect(() => webhookTarget({ url }, {})).toThrow(/set ORDERCLOUD_WEBHOOK_SECRET or pass --secret/);
    },
  );
});

it('sends FUNCTIONS_KEY, if there is one', () => {
  const env = { FUNCTIONS_KEY: 'key-from-variable' };
  expect(webhookTarget({ url: DEFAULT_URL }, env).headers).toEqual({
    'x-functions-key': 'key-from-variable',
  });
  expect(webhookTarget({ url: DEFAULT_URL }, {}).headers).toEqual({});
});

it.each([
  ['a part of a URL', { url: 'localhost:7071?code=hush-hush' }, {}],
  ['no URL', { url: 'hush-hush' }, {}],
  ['a password in the URL', { url: 'http://me:hush-hush@127.0.0.1/' }, {}],
  ['a missing secret', { url: `${azure}?code=hush-hush` }, {}],
  ['an empty secret', { url: azure, secret: '' }, { ORDERCLOUD_WEBHOOK_SECRET: 'hush-hush' }],
  ['a key of two lines', { url: DEFAULT_URL }, { FUNCTIONS_KEY: 'hush-hush\nhush-hush' }],
])('%s is a wrong use, and its value is not repeated', (_, options, env) => {
  const error = refusedUse(() => webhookTarget(options, env));
  expect(error.exitCode).toBe(2);
  expect(error.message).not.toContain('hush-hush');
  expect(error.cause).toBeUndefined();
});
