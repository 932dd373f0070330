import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BUYER, items, offersApp } from './offers-app.ts';

const app = offersApp();

describe('a token', () => {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = () => Math.floor(Date.now() / 1000);
  const withoutSignature = (header: object) => {
    const payload = { ...BUYER, aud: app.orderCloud.url, exp: now() + 999 };
    return `${encode(header)}.${encode(payload)}.`;
  };
  const issue = (claims: object, signing = {}) =>
    app.orderCloud.userInfo.issue({ ...BUYER, ...claims }, signing);

  it.each<[string, string, () => string | null]>([
    ['missing', 'no-token', () => null],
    ['malformed', 'invalid-token', () => 'Bearer abc'],
    ['malformed', 'invalid-token', () => 'Basic YTpi'],
    ['malformed', 'invalid-token', () => 'Bearer a.b.c'],
    ['algorithm', 'invalid-token', () => `Bearer ${withoutSignature({ alg: 'none' })}`],
    ['algorithm', 'invalid-token', () => `Bearer ${withoutSignature({ alg: 'RS512', kid: 'k' })}AAAA`],
    ['key-id', 'invalid-token', () => `Bearer ${issue({}, { header: { kid: '../products/MUG' } })}`],
    ['key-id', 'invalid-token', () => `Bearer ${issue({}, { header: { kid: '..' } })}`],
    ['key-id', 'invalid-token', () => `Bearer ${issue({}, { header: { kid: 7 } })}`],
    ['key-id', 'invalid-token', () => `Bearer ${issue({}, { header: { kid: undefined } })}`],
    ['unknown-key', 'invalid-token', () => `Bearer ${issue({}, { header: { kid: 'nobodys' } })}`],
    ['signature', 'invalid-token', () => `Bearer ${issue({}, { privateKey: key })}`],
    ['expired', 'expired-token', () => `Bearer ${issue({ exp: now() - 62 })}`],
    ['not-yet-valid', 'expired-token', () => `Bearer ${issue({ nbf: now() + 70 })}`],
    ['claims', 'invalid-token', () => `Bearer ${issue({ exp: undefined })}`],
    ['audience', 'invalid-token', () => `Bearer ${issue({ aud: 'https://elsewhere.example' })}`],
    ['claims', 'invalid-token', () => `Bearer ${issue({ groups: [1] })}`],
    ['marketplace', 'wrong-marketplace', () => `Bearer ${issue({ marketplaceID: 'other' })}`],
    ['marketplace', 'wrong-marketplace', () => `Bearer ${issue({ marketplaceID: undefined })}`],
  ])('that is wrong is refused before anything is read: %s, told as %s', async (token, reason, make) => {
    const answer = await app.ask('not even JSON', make());
    expect(answer).toMatchObject({ status: 401, jsonBody: { reason, status: 401 } });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(app.lines.map((line) => JSON.parse(line.slice(line.indexOf('{'))))).toMatchObject([
      { reason, token },
    ]);
  });

  it('signed with HS256 and the public key as its secret is refused', async () => {
    const pem = app.orderCloud.userInfo.publicKeyPem();
    const kid = app.orderCloud.userInfo.rotate();
    const unsigned = withoutSignature({ alg: 'HS256', kid }).slice(0, -1);
    const signature = createHmac('sha256', pem).update(unsigned).digest('base64url');
    expect(await app.ask(items('MUG'), `Bearer ${unsigned}.${signature}`)).toMatchObject({ status: 401 });
    expect(app.orderCloud.userInfo.keyRequests.size).toBe(0);
  });

  it.each([
    ['expired', () => ({ exp: now() - 50 })],
    ['not yet valid', () => ({ nbf: now() + 50 })],
  ])('%s by less than a minute is taken: clocks differ', async (_, claims) => {
    expect((await app.ask(items('MUG'), `Bearer ${issue(claims())}`)).status).toBe(200);
  });

  it('is checked with a key that is asked for once, until a token names another', async () => {
    for (let count = 0; count < 3; count += 1) expect((await app.ask(items('MUG'))).status).toBe(200);
    expect([...app.orderCloud.userInfo.keyRequests.values()]).toEqual([1]);
    app.orderCloud.userInfo.rotate();
    expect((await app.ask(items('MUG'))).status).toBe(200);
    expect([...app.orderCloud.userInfo.keyRequests.values()]).toEqual([1, 1]);
  });

  it('with an unknown key makes the app ask once a minute, and with ever new ones 10 times', async () => {
    const withKey = (kid: string) => app.ask(items('MUG'), `Bearer ${issue({}, { header: { kid } })}`);
    for (let count = 0; count < 3; count += 1) expect((await withKey('unknown')).status).toBe(401);
    expect(app.orderCloud.userInfo.keyRequests.get('unknown')).toBe(1);
    for (let count = 1; count < 10; count += 1) expect((await withKey(`k${count}`)).status).toBe(401);
    expect(await withKey('k10')).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(app.orderCloud.userInfo.keyRequests.size).toBe(10);
  });

  it.each([
    ['down', 'hang up' as const],
    ['failing', { status: 500 }],
  ])('cannot be checked while OrderCloud is %s: 503, and the next one can', async (_, fault) => {
    app.orderCloud.faults.next(fault, { path: /^\/oauth\/certs\// });
    expect(await app.ask(items('MUG'))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      jsonBody: { reason: 'keys-unavailable' },
    });
    expect((await app.ask(items('MUG'))).status).toBe(200);
  });

  it('is the only one that says who asks', async () => {
    const answer = await app.ask({ ...items('MUG'), buyerId: 'RIVAL', userGroupIds: ['staff-2'] });
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.jsonBody.issues).toMatchObject([{ path: 'buyerId' }, { path: 'userGroupIds' }]);
  });

  it('of any marketplace is taken where none is set', async () => {
    app.restart({ ORDERCLOUD_MARKETPLACE_ID: '' });
    const answer = await app.ask(items('MUG'), `Bearer ${issue({ marketplaceID: 'other' })}`);
    expect(answer).toMatchObject({ status: 200, jsonBody: { offers: [{ visible: false }] } });
  });
});
