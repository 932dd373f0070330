import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LOCAL_EVENT_HUBS_KEY, LOCAL_EVENT_HUBS_KEY_NAME } from '../../../../local/defaults.ts';
import { requireValidSignature } from '../../../../local/event-hubs/shared-access-signature.ts';

const NOW = Date.UTC(2026, 0, 31);

function token({
  key = LOCAL_EVENT_HUBS_KEY,
  keyName = LOCAL_EVENT_HUBS_KEY_NAME,
  expires = NOW + 3_600_000,
} = {}): string {
  const resource = encodeURIComponent('sb://127.0.0.1:5672/products');
  const seconds = Math.floor(expires / 1_000);
  const signature = createHmac('sha256', key).update(`${resource}\n${seconds}`).digest('base64');
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${seconds}&skn=${keyName}`;
}

test('a token signed with the key of the connection string is valid', () => {
  expect(() => requireValidSignature(token(), NOW)).not.toThrow();
});

describe.each([
  ['another key', token({ key: 'other' })],
  ['another key name', token({ keyName: 'Listen' })],
  ['a past expiry', token({ expires: NOW - 1_000 })],
  ['an expiry changed after signing', token().replace(/se=\d+/, 'se=9999999999')],
  ['a resource changed after signing', token().replace('products', 'orders')],
  ['an escape that is none', token().replace(/sig=[^&]+/, 'sig=%E0%A4%A')],
  ['another scheme', token().replace('SharedAccessSignature', 'Bearer')],
  ['no fields', 'SharedAccessSignature'],
  ['no text', undefined],
])('a token with %s', (_, value) => {
  test('is refused with a condition that the SDK does not try again', () => {
    const refusal = expect.objectContaining({ condition: 'amqp:not-allowed' });
    expect(() => requireValidSignature(value, NOW)).toThrow(refusal);
  });
});
