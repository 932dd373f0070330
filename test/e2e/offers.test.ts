import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type FunctionsHost, startFunctionsHost } from '../../local/functions-host/host.ts';
import { startTestCosmos, type TestCosmos } from '../support/cosmos.ts';
import { checkedResponse } from '../support/leaks/check.ts';
import { recordingHostLog } from '../support/log.ts';
import { type OrderCloudServer, startOrderCloud } from '../support/ordercloud/server.ts';
import cases from '../unit/offer/cases.json' with { type: 'json' };

const PASSWORD = 'password-of-a-shopper';

let cosmos: TestCosmos;
let orderCloud: OrderCloudServer;
let host: FunctionsHost;
beforeAll(async () => {
  cosmos = await startTestCosmos();
  orderCloud = await startOrderCloud();
  orderCloud.userInfo.users.push(
    { username: 'ada', password: PASSWORD, claims: { companyID: 'BUYER', marketplaceID: 'mp' } },
    { username: 'eve', password: PASSWORD, claims: { companyID: 'OTHER', marketplaceID: 'mp' } },
  );
  await cosmos.products.items.create({ ...cases.cases[0]?.doc, id: 'MUG', specs: [] });
  vi.stubEnv('COSMOS_CONNECTION_STRING', cosmos.connectionString);
  vi.stubEnv('ORDERCLOUD_WEBHOOK_SECRETS', 'a-secret-of-the-tests');
  vi.stubEnv('ORDERCLOUD_MARKETPLACE_ID', 'mp');
  vi.stubEnv('ORDERCLOUD_API_URL', orderCloud.url);
  host = await startFunctionsHost({ entry: resolve('dist/app/main.cjs'), port: 0, log: recordingHostLog() });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await host.close();
  await orderCloud.close();
  await cosmos.close();
});

/** Signs a user in to OrderCloud and gets the userinfo token, as a storefront does. */
async function tokenOf(username: string): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'password', username, password: PASSWORD });
  const signedIn = await fetch(`${orderCloud.url}/oauth/token`, { method: 'POST', body: form });
  const { access_token } = (await signedIn.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${access_token}` };
  const userInfo = await fetch(`${orderCloud.url}/oauth/userinfo`, { headers });
  return (await userInfo.json()) as string;
}

async function ask(token: string | null, productId = 'MUG') {
  const response = await checkedResponse(
    await fetch(`${host.url}/api/offers`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ items: [{ productId, quantity: 2 }] }),
    }),
  );
  return { status: response.status, headers: response.headers, text: await response.text() };
}

it('the packaged app answers a real token over HTTP', async () => {
  const { status, headers, text } = await ask(await tokenOf('ada'));
  expect([status, headers.get('cache-control')]).toEqual([200, 'private, max-age=60']);
  expect(JSON.parse(text).offers).toMatchObject([{ productId: 'MUG', visible: true, lineSubtotal: 100 }]);
});

it('a hidden product is byte for byte one that does not exist', async () => {
  const token = await tokenOf('eve');
  const [hidden, unknown] = [await ask(token), await ask(token, 'CUP')];
  const withoutInstant = (text: string) => text.replace(/"at":"[^"]*"/, '"at":""');
  expect(withoutInstant(hidden.text).replace('MUG', 'CUP')).toBe(withoutInstant(unknown.text));
  const fixed = (headers: Headers) =>
    ['cache-control', 'content-type', 'content-length'].map((name) => headers.get(name));
  expect(fixed(hidden.headers)).toEqual(fixed(unknown.headers));
});

it('without a token, or with a wrong one, there is nothing', async () => {
  expect((await ask(null)).status).toBe(401);
  const wrong = await ask(`${(await tokenOf('ada')).slice(0, -6)}AAAAAA`);
  expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([
    401,
    'Bearer error="invalid_token"',
  ]);
});
