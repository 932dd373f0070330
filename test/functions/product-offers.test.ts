import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { recordTelemetry } from '../support/recorded-telemetry.ts';
import { BUYER, items, MUG, type OffersAnswer, offersApp, schedule } from './offers-app.ts';

const app = offersApp();

describe('an offer', () => {
  it('has the price of this buyer, and names no schedule, group or company', async () => {
    const { status, jsonBody } = await app.ask(items('MUG'));
    expect(status).toBe(200);
    const [offer] = jsonBody.offers as Record<string, unknown>[];
    expect(offer).toMatchObject({ productId: 'MUG', visible: true, basePrice: 10, orderable: true });
    expect(offer).toMatchObject({ syncedAt: MUG.sync.time });
    for (const name of ['schedule', 'found', 'via', 'product']) expect(offer).not.toHaveProperty(name);
    expect(JSON.stringify(jsonBody)).not.toMatch(/rival|123\.45|staff/i);
  });

  it.each([
    ['a text', 'STAFF-2'],
    ['a list', ['other', 'staff-2']],
  ])('counts the groups of the token: %s', async (_, groups) => {
    const token = app.orderCloud.userInfo.issue({ ...BUYER, groups });
    const { jsonBody } = await app.ask(items('MUG'), `Bearer ${token}`);
    expect(jsonBody.offers).toMatchObject([{ basePrice: 7 }]);
  });

  it('is the same for a product that is hidden, deleted, unknown or unreadable', async () => {
    const { jsonBody } = await app.ask(items('HIDDEN', 'GONE', 'NO-SUCH', 'FOREIGN'));
    const told = (jsonBody.offers as { productId: string }[]).map((offer) =>
      JSON.stringify({ ...offer, productId: 'X' }),
    );
    expect(new Set(told)).toEqual(new Set(['{"productId":"X","visible":false}']));
  });

  it('is byte for byte that of a product that does not exist, by itself too', async () => {
    const [hidden, unknown] = [await app.ask(items('HIDDEN')), await app.ask(items('NOTHER'))];
    const bytes = ({ jsonBody }: OffersAnswer) => JSON.stringify({ ...jsonBody, at: '' });
    expect(bytes(hidden).replace('HIDDEN', 'NOTHER')).toBe(bytes(unknown));
    expect(hidden.headers).toEqual(unknown.headers);
  });

  it('of a child is by its parent, which is read along', async () => {
    const { jsonBody } = await app.ask(items('CHILD', 'ORPHAN'));
    expect(jsonBody.offers).toMatchObject([
      { visible: true, basePrice: 50, doubts: [] },
      { visible: true, doubts: ['inherited-from-parent'] },
    ]);
  });

  it('comes with the product, without who else may see it and what others pay', async () => {
    const { jsonBody } = await app.ask({ ...items('MUG'), include: ['product'] });
    const { product } = (jsonBody.offers as { product: object }[])[0] as { product: object };
    expect(product).toMatchObject({ id: 'MUG', catalogIds: ['CAT'] });
    for (const name of ['buyerIds', 'userGroupIds', 'supplierIds', 'pricing', 'sync']) {
      expect(product).not.toHaveProperty(name);
    }
  });

  it('comes in the order asked, the same product twice too', async () => {
    const asked = [
      { productId: 'MUG', quantity: 2 },
      { productId: 'NO-SUCH' },
      { productId: 'MUG', quantity: 3 },
    ];
    const { jsonBody } = await app.ask({ items: asked });
    expect(jsonBody.offers).toMatchObject([{ lineSubtotal: 20 }, { visible: false }, { lineSubtotal: 30 }]);
  });

  it('takes one read of each product and each parent', async () => {
    const telemetry = recordTelemetry();
    const { jsonBody } = await app.ask(items('CHILD', 'MUG', 'CHILD', 'SIBLING', 'MUG'));
    const reads = telemetry.spans().filter(({ name }) => name === 'read_item products');
    await telemetry.end();
    expect(jsonBody.offers).toHaveLength(5);
    expect(reads).toHaveLength(['CHILD', 'MUG', 'SIBLING', 'PARENT'].length);
  });

  it('may be kept until it changes by the clock, and for a minute at most', async () => {
    const soon = new Date(Date.now() + 30_000).toISOString();
    const sale = schedule('ps', 10, { saleEnd: soon });
    Object.assign(sale.breaks[0] as object, { salePrice: 8 });
    await app.cosmos.products.items.upsert({
      ...MUG,
      id: 'SALE',
      pricing: { ...MUG.pricing, schedules: [sale] },
    });
    const { headers, jsonBody } = await app.ask(items('MUG', 'SALE'));
    expect(jsonBody.offers).toMatchObject([{ validUntil: null }, { validUntil: soon }]);
    const [, seconds] = /^private, max-age=(\d+)$/.exec(headers['cache-control'] ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(20);
    expect(Number(seconds)).toBeLessThan(30);
    expect((await app.ask(items('MUG'))).headers['cache-control']).toBe('private, max-age=60');
  });

  it('takes the currency of the token, else of the request', async () => {
    const eur = {
      ...MUG,
      id: 'EUR',
      pricing: { ...MUG.pricing, schedules: [schedule('ps', 9, { currency: 'EUR' })] },
    };
    await app.cosmos.products.items.upsert(eur);
    expect((await app.ask({ ...items('EUR'), currency: 'eur' })).jsonBody.offers).toMatchObject([
      { basePrice: 9 },
    ]);
    const inEuro = `Bearer ${app.orderCloud.userInfo.issue({ ...BUYER, currency: 'EUR' })}`;
    expect((await app.ask(items('EUR'), inEuro)).jsonBody.offers).toMatchObject([{ basePrice: 9 }]);
    expect((await app.ask({ ...items('EUR'), currency: 'EUR' }, inEuro)).status).toBe(200);
    expect(await app.ask({ ...items('EUR'), currency: 'USD' }, inEuro)).toMatchObject({
      status: 400,
      jsonBody: { issues: [{ path: 'currency' }] },
    });
  });
});

describe('a request', () => {
  it('is told all that is wrong with it at once', async () => {
    const wrong = {
      items: [
        { quantity: '2' },
        { productId: 'a/b', otherQuantity: -1, specs: [{ optionId: 1 }], colour: 'red' },
        'MUG',
      ],
      currency: 7,
      include: ['pricing'],
    };
    const { status, headers, jsonBody } = await app.ask(wrong);
    expect([status, headers['content-type']]).toEqual([400, 'application/problem+json']);
    const issues = jsonBody.issues as { path: string; expected: string; found: string }[];
    expect(issues.map(({ path }) => path).sort()).toEqual([
      'currency',
      'include[0]',
      'items[0].productId',
      'items[0].quantity',
      'items[1].colour',
      'items[1].otherQuantity',
      'items[1].productId',
      'items[1].specs[0].optionId',
      'items[1].specs[0].specId',
      'items[2]',
    ]);
    expect(issues.find(({ path }) => path === 'items[1].otherQuantity')).toEqual({
      path: 'items[1].otherQuantity',
      expected: 'an integer of at least 0',
      found: 'the number -1',
    });
  });

  it.each<[string, unknown, string]>([
    ['no JSON', '{', ''],
    ['nothing', '', ''],
    ['no items', {}, 'items'],
    ['an empty list', { items: [] }, 'items'],
    ['101 items', items(...Array.from({ length: 101 }, (_, index) => `P${index}`)), 'items'],
    [
      'a list of specs without end',
      { items: [{ productId: 'MUG', specs: Array(50_000).fill(0) }] },
      'items[0].specs',
    ],
  ])('of %s is refused', async (_, body, path) => {
    expect(await app.ask(body)).toMatchObject({ status: 400, jsonBody: { issues: [{ path }] } });
  });

  it('with a quantity that cannot be is answered, with the reason', async () => {
    const { jsonBody } = await app.ask({ items: [{ productId: 'MUG', quantity: 0 }] });
    expect(jsonBody.offers).toMatchObject([{ reasons: ['LineItem.QuantityMustBePositive'] }]);
  });

  it('may have 100 items, and no larger body than MAX_BODY_BYTES', async () => {
    const all = items(...Array.from({ length: 100 }, (_, index) => `P${index}`));
    expect((await app.ask(all)).status).toBe(200);
    app.restart({ MAX_BODY_BYTES: '100' });
    expect((await app.ask(all)).status).toBe(413);
  });

  it('too many of which are in flight is refused at once', async () => {
    app.restart({ MAX_OFFERS_IN_FLIGHT: '1' });
    const answers = await Promise.all([app.ask(items('MUG')), app.ask(items('MUG'))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 429]);
    expect(answers.find(({ status }) => status === 429)?.headers['retry-after']).toBe('1');
    expect((await app.ask(items('MUG'))).status).toBe(200);
  });

  it('gets 503 while Cosmos DB cannot be reached, or settings are wrong', async () => {
    app.restart({ COSMOS_CONNECTION_STRING: 'AccountEndpoint=http://127.0.0.1:1/;AccountKey=a2V5;' });
    expect(await app.ask(items('MUG'))).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    app.restart({ COSMOS_CONNECTION_STRING: '' });
    expect(await app.ask(items('MUG'))).toMatchObject({ status: 503, headers: { 'retry-after': '60' } });
  });

  it('leaves no token, claim or price in the log', async () => {
    const token = app.orderCloud.userInfo.issue(BUYER);
    await app.ask(items('MUG', 'HIDDEN'), `Bearer ${token}`);
    await app.ask('{', `Bearer ${token}`);
    await app.ask(items('MUG'), `Bearer ${token}x`);
    expect(app.lines.join()).not.toMatch(new RegExp(`${token.slice(0, 30)}|BUYER|123\\.45|staff`));
  });
});

describe('a token', () => {
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
});
