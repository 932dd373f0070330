import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type EventHubFlags, eventHubTransport } from '../../../cli/send/event-hub.ts';
import { sendMessage } from '../../../cli/send/transport.ts';
import { localEventHubsConnectionString } from '../../../local/defaults.ts';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../support/deliveries.ts';
import { consume, receive, startBroker } from '../event-hubs/sdk-clients.ts';

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
