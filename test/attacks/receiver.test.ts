import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { envelope, PRODUCT_DELETED } from '../support/deliveries.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { rawRequest } from './raw-request.ts';

// The local secret is public: a web page can sign with it.

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

describe('a signed product.deleted', () => {
  const send = (headers: Record<string, string>) => {
    const body = envelope({ ProductID: 'WANTED' }, PRODUCT_DELETED);
    const { pathname: path, host } = new URL(stack.webhookUrl);
    const signed = { host, 'x-oc-hash': signatureOf(body, LOCAL_WEBHOOK_SECRET), ...headers };
    return rawRequest(stack.url, { method: 'POST', path, headers: signed, body: body.toString() });
  };

  it.each<[string, Record<string, string>]>([
    ['a page whose name resolves to 127.0.0.1', { host: 'evil.example:7071' }],
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a page of another port here', { origin: 'http://127.0.0.1:1' }],
    ['a sandboxed page', { origin: 'null' }],
    ['a form without an Origin', { 'sec-fetch-site': 'cross-site' }],
    ['a page that asks for an unknown expectation', { host: 'evil.example', expect: 'the-best' }],
  ])('of %s is refused, and the product stays', async (_, headers) => {
    expect((await stack.post(envelope({ ProductID: 'WANTED' }))).status).toBe(200);
    expect((await send(headers)).status).toBe(403);
    expect(await stack.product('WANTED')).not.toHaveProperty('deleted');
  });

  it('of a program on this machine is taken', async () => {
    expect((await send({})).status).toBe(200);
    expect(await stack.product('WANTED')).toMatchObject({ deleted: true });
  });
});
