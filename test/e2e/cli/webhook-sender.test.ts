import { describe, expect, it } from 'vitest';
import { sendMessage } from '../../../cli/send/transport.ts';
import { type WebhookFlags, webhookTransport } from '../../../cli/send/webhook.ts';
import { type Answer, addressOfNothing, startReceiver } from './receiver.ts';

const body = Buffer.from('{ "Headers": { "type": "x" },\r\n  "Payload": { "ProductID": "café" } }\n');
const message = { source: 'samples/café.json', body };

/** Sends the message, with a secret of its own. */
function send(flags: WebhookFlags, { giveUp = new AbortController(), timeoutMs = 10_000 } = {}) {
  const transport = { ...webhookTransport({ secret: 's3cret', ...flags }, {}), timeoutMs };
  return sendMessage(transport, message, giveUp.signal);
}

async function sendTo(answer: Answer, flags: WebhookFlags = {}) {
  const receiver = await startReceiver(() => answer);
  return { result: await send({ url: receiver.url, ...flags }), request: receiver.received[0] };
}

describe('a webhook', () => {
  it('is a POST of the exact bytes, signed', async () => {
    const { request } = await sendTo({ status: 200 });
    expect(request?.method).toBe('POST');
    expect(request?.path).toBe('/api/webhooks/products');
    expect(request?.body).toEqual(body);
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(body.length),
      'user-agent': 'ordercloud-product-sync-send',
      // printf … | openssl dgst -sha256 -hmac s3cret -binary | base64
      'x-oc-hash': 'qP3EJX1bF+LIR5SeUwWrxsmK7zWVaYnXmtNKxq+x/q4=',
    });
  });

  it('carries the function key', async () => {
    const { url, received } = await startReceiver();
    const transport = webhookTransport({ url }, { FUNCTIONS_KEY: 'functions-key-of-the-tests' });
    await sendMessage(transport, message, new AbortController().signal);
    expect(received[0]?.headers).toMatchObject({ 'x-functions-key': 'functions-key-of-the-tests' });
  });
});

describe('an answer', () => {
  it('of success tells the outcome', async () => {
    const { result } = await sendTo({ status: 200, body: { outcome: 'stale', productId: 'café' } });
    expect(result).toEqual({
      source: 'samples/café.json',
      ok: true,
      status: 200,
      outcome: 'stale',
      problem: null,
      error: null,
      unreachable: false,
    });
  });

  it.each([
    ['no product', { outcome: 'ignored', productId: null }, 'ignored'],
    ['no body', '', null],
    ['a page', '<html>', null],
    ['other JSON', ['created'], null],
  ])('of success with %s is one all the same', async (_, answer, outcome) => {
    const { result } = await sendTo({ status: 202, body: answer });
    expect(result).toMatchObject({ ok: true, status: 202, outcome });
  });

  it('of success says so if the type is nearly a product type', async () => {
    const { url } = await startReceiver(() => ({ status: 200, body: { outcome: 'ignored' } }));
    const outcomeOf = async (type: string) => {
      const body = Buffer.from(JSON.stringify({ Headers: { type }, Payload: {} }));
      const transport = webhookTransport({ url }, {});
      return (await sendMessage(transport, { source: 'a.json', body }, new AbortController().signal)).outcome;
    };
    expect(await outcomeOf('Sitecore.OrderCloud.Messages.Product.Updated')).toBe(
      'ignored: its type is nearly a product type',
    );
    expect(await outcomeOf('sitecore.ordercloud.messages.order.submitted')).toBe('ignored');
  });

  it('of a problem tells reason, issues and dead letter', async () => {
    const issues = [{ path: 'Specs[0].ID', expected: 'a string', found: 'nothing' }];
    const problem = {
      title: 'Invalid message',
      detail: 'One issue.',
      reason: 'invalid-message',
      issues,
      deadLetterId: '3f',
    };
    const { result } = await sendTo({ status: 400, body: { type: 'about:blank', status: 400, ...problem } });
    expect(result).toMatchObject({ ok: false, status: 400, outcome: null, problem });
  });

  it.each([
    ['a page', '<html>', null],
    ['nothing', '', null],
    ['an array', [], null],
    [
      'an odd problem',
      { title: 7, issues: 'many' },
      { title: null, detail: null, reason: null, issues: [], deadLetterId: null },
    ],
  ])('of failure may hold %s', async (_, answer, problem) => {
    expect((await sendTo({ status: 500, body: answer })).result).toMatchObject({
      ok: false,
      status: 500,
      problem,
    });
  });

  it('of a redirect is a failure: following it would carry keys elsewhere', async () => {
    const elsewhere = await startReceiver();
    const { result } = await sendTo({ status: 307, headers: { location: elsewhere.url } });
    expect(result).toMatchObject({ ok: false, status: 307 });
    expect(elsewhere.received).toEqual([]);
  });
});

describe('no answer', () => {
  it('because nothing listens', async () => {
    expect(await send({ url: await addressOfNothing() })).toMatchObject({
      ok: false,
      status: null,
      error: 'connection refused',
      unreachable: true,
    });
  });

  it('because the receiver hangs up', async () => {
    const { result } = await sendTo('hang up');
    expect(result).toMatchObject({ ok: false, status: null, unreachable: false });
    expect(result.error).toMatch(/^sending failed \(\w+: [\w ]+\)$/);
  });

  it('in time', async () => {
    const { url } = await startReceiver(() => 'no answer');
    const result = await send({ url }, { timeoutMs: 20 });
    expect(result).toMatchObject({ ok: false, error: 'no answer in time', unreachable: false });
  });

  it('because it was given up', async () => {
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const receiver = await startReceiver(() => {
      arrived();
      return 'no answer';
    });
    const giveUp = new AbortController();
    const sending = send({ url: receiver.url }, { giveUp });
    await arrival;
    giveUp.abort();
    expect(await sending).toMatchObject({
      ok: false,
      error: 'interrupted before the answer came',
      unreachable: false,
    });
  });
});
