import { describe, expect, it } from 'vitest';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { chooseWebhookSecret } from '../../local/stack-settings.ts';
import { startTestStack } from '../support/stack.ts';

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
