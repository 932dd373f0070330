import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type EventHubFlags, eventHubTransport } from '../../../cli/send/event-hub.ts';
import { sendMessage } from '../../../cli/send/transport.ts';
import { type WebhookFlags, webhookTransport } from '../../../cli/send/webhook.ts';
import { localEventHubsConnectionString } from '../../../local/defaults.ts';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../support/deliveries.ts';
import { consume, receive, startBroker } from '../event-hubs/sdk-clients.ts';
import { type Answer, addressOfNothing, startReceiver } from './receiver.ts';

describe('by webhook', () => {
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
        return (await sendMessage(transport, { source: 'a.json', body }, new AbortController().signal))
          .outcome;
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
      const { result } = await sendTo({
        status: 400,
        body: { type: 'about:blank', status: 400, ...problem },
      });
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
});

describe('by Event Hub', () => {
  /** A sender to a broker, for the running test. */
  function senderTo(
    connectionString: string,
    { timeoutMs = 15_000, ...flags }: Partial<EventHubFlags> & { timeoutMs?: number } = {},
  ) {
    const usual = { connectionString, hub: 'products', type: PRODUCT_UPDATED };
    const transport = { ...eventHubTransport({ ...usual, ...flags }, {}), timeoutMs };
    onTestFinished(() => void transport.close?.());
    const giveUp = new AbortController();
    const send = (body: string | Uint8Array, type?: string) =>
      sendMessage(
        transport,
        { source: 'a.json', body: Buffer.from(body), ...(type && { type }) },
        giveUp.signal,
      );
    return { send, giveUp };
  }

  function productMessage(productId: string): string {
    return JSON.stringify({ ProductID: productId });
  }

  describe('an event', () => {
    it('holds the exact bytes, with the type and the partition key beside them', async () => {
      const broker = await startBroker();
      const body = '{ "Headers": { "type": "other.type" },\r\n  "Payload": { "productID": "café" } }\n';
      const { send } = senderTo(broker.connectionString);
      const result = await send(body);
      expect(result).toMatchObject({ ok: true, outcome: 'sent', status: null, error: null });
      const [received] = await receive(consume(broker, { skipParsingBodyAsJson: true }), 1);
      expect(received?.event).toMatchObject({ properties: { type: 'other.type' }, partitionKey: 'café' });
      expect(Buffer.from(received?.event.body).toString()).toBe(body);
    });

    it('has the type that stood beside it when it was captured', async () => {
      const broker = await startBroker();
      const { send } = senderTo(broker.connectionString);
      await send(productMessage('MUG'), PRODUCT_DELETED);
      const [received] = await receive(consume(broker), 1);
      expect(received?.event.properties).toMatchObject({ type: PRODUCT_DELETED });
    });

    it('that is not JSON goes as it stands, with neither', async () => {
      const broker = await startBroker();
      const { send } = senderTo(broker.connectionString);
      expect(await send(Buffer.from([0xff, 0x00]))).toMatchObject({ ok: true });
      const [received] = await receive(consume(broker, { skipParsingBodyAsJson: true }), 1);
      expect(Buffer.from(received?.event.body)).toEqual(Buffer.from([0xff, 0x00]));
      expect(received?.event.properties?.type).toBeUndefined();
      expect(received?.event.partitionKey).toBeUndefined();
    });

    it('of a product is in one partition with the others, in order', async () => {
      const broker = await startBroker();
      const { send } = senderTo(broker.connectionString);
      const versions = Array.from({ length: 8 }, (_, version) => version);
      for (const Name of versions) await send(JSON.stringify({ ProductID: 'MUG', Name }));
      const events = await receive(consume(broker), versions.length);
      expect(new Set(events.map(({ partitionId }) => partitionId)).size).toBe(1);
      expect(events.map(({ event }) => event.body.Name)).toEqual(versions);
    });

    it('has a key of at most 128 characters, which Event Hubs asks for', async () => {
      const broker = await startBroker();
      const { send } = senderTo(broker.connectionString);
      await send(productMessage('x'.repeat(255)));
      const [received] = await receive(consume(broker), 1);
      expect(received?.event.partitionKey).toBe('x'.repeat(128));
    });

    it('goes beside others', async () => {
      const broker = await startBroker();
      const { send } = senderTo(broker.connectionString);
      const ids = Array.from({ length: 40 }, (_, index) => `MUG-${index}`);
      const results = await Promise.all(ids.map((id) => send(productMessage(id))));
      expect(results.every(({ ok }) => ok)).toBe(true);
      const events = await receive(consume(broker), ids.length);
      expect(events.map(({ event }) => event.body.ProductID).sort()).toEqual(ids.sort());
    });
  });

  describe('a failure', () => {
    it('of one event does not concern the next', async () => {
      const broker = await startBroker();
      const { send } = senderTo(broker.connectionString);
      const tooLarge = `"${'x'.repeat(1_100_000)}"`;
      expect(await send(tooLarge)).toMatchObject({
        ok: false,
        error: 'larger than the hub takes',
        unreachable: false,
      });
      expect(await send(productMessage('MUG'))).toMatchObject({ ok: true });
    });

    it.each([
      ['an unknown hub', { hub: 'orders' }, 'there is no such hub'],
      [
        'a wrong key',
        { key: 'hidden-key-of-the-hub' },
        'sending failed (InvalidOperationError: The token is refused',
      ],
      ['an address where nothing listens', { port: 1 }, 'connection refused'],
    ])('because of %s would meet every event', async (_, wrong: Record<string, unknown>, error) => {
      const broker = await startBroker();
      const connectionString = broker.connectionString
        .replace(/SharedAccessKey=[^;]+/, (key) => (wrong.key ? `SharedAccessKey=${wrong.key}` : key))
        .replace(/:\d+;/, (port) => (wrong.port ? `:${wrong.port};` : port));
      const { send } = senderTo(connectionString, { hub: String(wrong.hub ?? 'products') });
      const result = await send(productMessage('MUG'));
      expect(result).toMatchObject({ ok: false, outcome: null, unreachable: true });
      expect(result.error).toContain(error);
    });

    it('is told soon where a server accepts connections and then says nothing', async () => {
      const { connectionString } = await startSilentServer();
      const { send } = senderTo(connectionString, { timeoutMs: 50 });
      expect(await send('{}')).toMatchObject({ error: 'no answer in time', unreachable: true });
    });

    it('of the broker, after it has taken others, stops the rest', async () => {
      const broker = await startBroker();
      const { send } = senderTo(broker.connectionString);
      expect(await send(productMessage('MUG'))).toMatchObject({ ok: true });
      await broker.close();
      expect(await send(productMessage('MUG'))).toMatchObject({ ok: false, unreachable: true });
    });

    it('is an interruption when it is given up', async () => {
      const { connectionString, connected } = await startSilentServer();
      const { send, giveUp } = senderTo(connectionString);
      const sending = send('{}');
      await connected;
      giveUp.abort();
      expect(await sending).toMatchObject({
        error: 'interrupted before the answer came',
        unreachable: false,
      });
    });
  });

  /** Accepts connections and never says a word, until the test is over. */
  async function startSilentServer(): Promise<{ connectionString: string; connected: Promise<unknown> }> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return {
      connectionString: localEventHubsConnectionString((server.address() as AddressInfo).port),
      connected: once(server, 'connection'),
    };
  }
});
