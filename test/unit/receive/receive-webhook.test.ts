import { createHash } from 'node:crypto';
import { ReadableStream } from 'node:stream/web';
import { describe, expect, it } from 'vitest';
import type { IncomingRequest } from '../../../src/receive/read-body.ts';
import { type WebhookSettings, webhookReceiver } from '../../../src/receive/receive-webhook.ts';
import { StoreUnavailableError } from '../../../src/store/store-errors.ts';
import type { RetryPolicy } from '../../../src/sync/retry.ts';
import type { SyncParts } from '../../../src/sync/sync-batch.ts';
import { envelope, PRODUCT_DELETED } from '../../support/deliveries.ts';
import { checkedAnswer } from '../../support/leaks/check.ts';
import { type LogLine, recordingLog } from '../../support/log.ts';
import { memoryStores } from '../../support/memory-stores.ts';
import { syncSettings } from '../../support/settings.ts';
import { chunked, SECRET, signedRequest } from './request.ts';

const AT_ONCE: RetryPolicy = { budgetMs: 20, firstDelayMs: 1, maxDelayMs: 1 };
const AEROPRESS = { ProductID: 'AEROPRESS-GO', Name: 'AeroPress Go' };

function setUp(settings: Partial<WebhookSettings> = {}, products: Partial<SyncParts['products']> = {}) {
  const stores = memoryStores();
  const lines: LogLine[] = [];
  const parts: SyncParts = {
    products: { ...stores.products, ...products },
    deadLetters: stores.deadLetters,
    log: recordingLog(lines),
    policy: AT_ONCE,
    settings: syncSettings({ marketplaceId: 'roastery' }),
  };
  const all = {
    webhookSecrets: [SECRET],
    maxBodyBytes: 10_000,
    maxBodySeconds: 1,
    maxWebhooksInFlight: 2,
    ...settings,
  };
  const receive = webhookReceiver(all);
  return {
    ...stores,
    lines,
    receive: async (request: IncomingRequest) => checkedAnswer(await receive(request, parts)),
  };
}

/** A body that may not be touched. */
const untouchable = () =>
  new ReadableStream<Uint8Array>(
    {
      pull() {
        throw new Error('the body was read');
      },
    },
    { highWaterMark: 0 },
  );

describe('a signed message', () => {
  it('is stored, and the answer tells what came of it', async () => {
    const { receive, items } = setUp();
    const created = await receive(signedRequest(envelope(AEROPRESS)));
    expect(created).toMatchObject({ status: 200, body: { outcome: 'created', productId: 'AEROPRESS-GO' } });
    expect(items.get('AEROPRESS-GO')).toMatchObject({
      name: 'AeroPress Go',
      sync: { transport: 'http', stream: 'http', sequence: null },
    });
    const deleted = await receive(signedRequest(envelope(AEROPRESS, PRODUCT_DELETED)));
    expect(deleted).toMatchObject({ status: 200, body: { outcome: 'deleted', productId: 'AEROPRESS-GO' } });
    expect(items.get('AEROPRESS-GO')).toMatchObject({ deleted: true });
  });

  it('may be signed with any of the secrets', async () => {
    const { receive } = setUp({ webhookSecrets: ['former-roast-secret', SECRET] });
    expect(await receive(signedRequest(envelope(AEROPRESS)))).toMatchObject({ status: 200 });
  });

  it('of another type is ignored', async () => {
    const { receive, items, deadLetterItems } = setUp();
    const body = envelope({ ID: 'order-17' }, 'sitecore.ordercloud.messages.order.submitted');
    expect(await receive(signedRequest(body))).toMatchObject({
      status: 200,
      body: { outcome: 'ignored', productId: null },
    });
    expect([items.size, deadLetterItems.size]).toEqual([0, 0]);
  });

  it.each([
    ['invalid-json', 400, Buffer.from('{'), null, []],
    ['missing-type', 400, Buffer.from(JSON.stringify(AEROPRESS)), 'AEROPRESS-GO', []],
    ['invalid-message', 400, envelope({ ...AEROPRESS, Name: 7 }), 'AEROPRESS-GO', ['Name']],
    ['wrong-marketplace', 422, envelope({ ...AEROPRESS, Marketplace: 'other' }), 'AEROPRESS-GO', []],
  ])('that is %s is a dead letter', async (reason, status, body, productId, paths) => {
    const { receive, items, deadLetterItems } = setUp();
    const answer = await receive(signedRequest(body));
    const deadLetterId = createHash('sha256').update(body).digest('hex');
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json' },
      body: { reason, productId, deadLetterId, issues: paths.map((path) => ({ path })) },
    });
    expect(deadLetterItems.get(deadLetterId)).toMatchObject({ reason, productId, body: body.toString() });
    expect(items.size).toBe(0);
  });
});

describe('headers are not signed', () => {
  it.each(['type', 'ce-type', 'ce_type', 'cloudEvents-type'])(
    'so a type in %s names none',
    async (header) => {
      const { receive } = setUp();
      const body = Buffer.from(JSON.stringify(AEROPRESS));
      const request = signedRequest(body, { [header]: 'sitecore.ordercloud.messages.product.deleted' });
      expect(await receive(request)).toMatchObject({ status: 400, body: { reason: 'missing-type' } });
    },
  );

  it('so a type in them does not win over the body’s', async () => {
    const { receive } = setUp();
    const request = signedRequest(envelope(AEROPRESS), { type: PRODUCT_DELETED, 'ce-type': PRODUCT_DELETED });
    expect(await receive(request)).toMatchObject({ status: 200, body: { outcome: 'created' } });
  });
});

describe('a request is refused, checked in this order', () => {
  it('503 without a secret, before its body is read', async () => {
    const { receive } = setUp({ webhookSecrets: [] });
    const headers = new Headers({ 'content-length': '99999999' });
    expect(await receive({ headers, body: untouchable() })).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
      body: { reason: 'not-configured' },
    });
  });

  it('503 while as many as allowed are in flight, before its body is read', async () => {
    const { receive } = setUp({ maxWebhooksInFlight: 2 });
    const inFlight = [unfinished(), unfinished()];
    const answers = inFlight.map(({ request }) => receive(request));
    expect(await receive({ headers: new Headers(), body: untouchable() })).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
      body: { reason: 'too-many-in-flight' },
    });
    for (const { finish } of inFlight) finish();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await receive(signedRequest(envelope(AEROPRESS)))).toMatchObject({ status: 200 });
  });

  it('413 before its signature is looked at', async () => {
    const { receive } = setUp({ maxBodyBytes: 10 });
    const tooLarge = { status: 413, body: { reason: 'body-too-large' } };
    expect(
      await receive({ headers: new Headers({ 'content-length': '11' }), body: untouchable() }),
    ).toMatchObject(tooLarge);
    expect(
      await receive({ headers: new Headers(), body: chunked([new Uint8Array(11)]).stream }),
    ).toMatchObject(tooLarge);
    expect(
      await receive({ headers: new Headers(), body: chunked([new Uint8Array(10)]).stream }),
    ).toMatchObject({
      status: 401,
    });
  });

  it.each([
    ['valid', envelope(AEROPRESS)],
    ['invalid', envelope({ ...AEROPRESS, Name: 7 })],
    ['not JSON', Buffer.from('{')],
    ['ignored', envelope({}, 'other')],
    ['empty', Buffer.alloc(0)],
  ])('401 without the right signature: nothing is stored or told of a body that is %s', async (_, body) => {
    const { receive, items, deadLetterItems, lines } = setUp();
    const answers = [
      await receive({ headers: new Headers(), body: chunked([body]).stream }),
      await receive(signedRequest(body, { 'x-oc-hash': 'BFgkBmMdjavkaD/hU1VXiYDv8EXBFXGPE4oolVdgukk=' })),
      await receive(signedRequest(body, { 'x-oc-hash': '' })),
    ];
    for (const answer of answers) {
      expect(answer).toEqual({
        status: 401,
        headers: { 'content-type': 'application/problem+json' },
        body: {
          type: 'about:blank',
          title: 'Unauthorized',
          status: 401,
          detail: expect.stringContaining('x-oc-hash'),
          reason: 'bad-signature',
        },
      });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect([items.size, deadLetterItems.size]).toEqual([0, 0]);
    expect(JSON.stringify(lines)).not.toMatch(/AEROPRESS|AeroPress/i);
  });

  it('400 when its sender goes away', async () => {
    const { receive, deadLetterItems } = setUp();
    const body = chunked([Buffer.from('{"Head'), new Error('ECONNRESET')]).stream;
    expect(await receive({ headers: new Headers(), body })).toMatchObject({
      status: 400,
      body: { reason: 'aborted' },
    });
    expect(deadLetterItems.size).toBe(0);
  });
});

describe('each webhook has one line in the log', () => {
  const wrong = { 'x-oc-hash': 'wrong' };
  const tooLarge = { 'content-length': '99999999' };
  it.each<[string, Partial<WebhookSettings>, IncomingRequest, LogLine['level'], object]>([
    ['one that is stored', {}, signedRequest(envelope(AEROPRESS)), 'debug', { outcome: 'created' }],
    ['one that is not', {}, signedRequest(Buffer.from('{')), 'warn', { outcome: 'dead-lettered' }],
    [
      'a forged one',
      {},
      signedRequest(envelope({}), wrong),
      'warn',
      { reason: 'bad-signature', status: 401 },
    ],
    [
      'a large one',
      {},
      signedRequest(envelope({}), tooLarge),
      'warn',
      { reason: 'body-too-large', status: 413 },
    ],
    ['one too many', { maxWebhooksInFlight: 0 }, signedRequest(envelope({})), 'debug', { status: 503 }],
  ])('%s', async (_, settings, request, level, fields) => {
    const { receive, lines } = setUp(settings);
    await receive(request);
    expect(lines).toMatchObject([{ level, fields: { stream: 'http', ...fields } }]);
  });

  it('one that cannot be stored now', async () => {
    const read = async () => {
      throw new StoreUnavailableError('Cosmos DB answered 503.');
    };
    const { receive, lines } = setUp({}, { read });
    await receive(signedRequest(envelope(AEROPRESS)));
    expect(lines).toMatchObject([
      { level: 'error', fields: { reason: 'temporarily-unavailable', status: 503 } },
    ]);
  });
});

describe('a store that fails', () => {
  it.each([
    ['that is unavailable', new StoreUnavailableError('Cosmos DB answered 503.')],
    ['in a way nobody foresaw', new TypeError('AeroPress Go is undefined')],
  ])('%s makes 503, and nothing is acknowledged or dead-lettered', async (_, error) => {
    const read = async () => {
      throw error;
    };
    const { receive, deadLetterItems, lines } = setUp({ maxWebhooksInFlight: 1 }, { read });
    const unavailable = {
      status: 503,
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
      body: { reason: 'temporarily-unavailable' },
    };
    expect(await receive(signedRequest(envelope(AEROPRESS)))).toMatchObject(unavailable);
    expect(deadLetterItems.size).toBe(0);
    expect(JSON.stringify(lines)).not.toMatch(/AeroPress Go/);
    // Its place among those in flight is free again.
    expect(await receive(signedRequest(envelope(AEROPRESS)))).toMatchObject(unavailable);
  });
});

/** A request whose body ends when the test says so. */
function unfinished() {
  let finish = () => {};
  const body = envelope(AEROPRESS);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(body);
      finish = () => controller.close();
    },
  });
  return { request: { ...signedRequest(body), body: stream }, finish: () => finish() };
}
