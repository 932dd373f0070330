import { EventHubProducerClient } from '@azure/event-hubs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { envelope, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { silencedConsole } from '../support/log.ts';
import { type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

/** So that no test waits for what would be sent in half a minute. */
const SOON = { OTEL_BSP_SCHEDULE_DELAY: '100' };

/** Whatever goes out of a marked product, but for its ID, holds this. */
const MARKER = 'marker-of-a-payload';

async function start(env: Record<string, string>, eventHubs = false): Promise<TestStack> {
  const stack = await startTestStack({ eventHubs, env: { ...SOON, ...env } });
  onTestFinished(() => stack.close());
  return stack;
}

const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent = ({ traceId, spanId }: typeof CALLER) => `00-${traceId}-${spanId}-01`;

/** A span with its children, in the order they were started, as far as a test looks at it. */
type Tree = { name: string; below: Tree[] };
function treeOf(spans: readonly ReceivedSpan[], root: ReceivedSpan): Tree {
  const below = spans.filter((span) => span.traceId === root.traceId && span.parentSpanId === root.spanId);
  return {
    name: root.name,
    below: below.map((span) => treeOf(spans, span)).sort((a, b) => b.name.localeCompare(a.name)),
  };
}

const leaf = (name: string): Tree => ({ name, below: [] });

describe('a webhook', () => {
  it("is one trace from the caller's span to the calls of Cosmos DB, and counted", async () => {
    const receiver = await startOtlpReceiver();
    const stack = await start({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=key%20of%20the%20collector',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
    const body = envelope({ ProductID: 'TRACED', Name: MARKER });
    await stack.post(body, { headers: { traceparent: traceparent(CALLER) } });
    await stack.post('{}', { headers: { 'x-oc-hash': 'wrong' } });
    await stack.close();

    const delivery = receiver.spans.find(({ parentSpanId }) => parentSpanId === CALLER.spanId);
    if (delivery === undefined) throw new Error('no span below that of the caller');
    expect(treeOf(receiver.spans, delivery)).toEqual({
      name: 'process webhook',
      below: [{ name: 'write product', below: [leaf('read_item products'), leaf('create_item products')] }],
    });
    expect(delivery).toMatchObject({
      traceId: CALLER.traceId,
      attributes: { 'http.response.status_code': 200 },
    });
    const ofName = (name: string) => receiver.spans.find((span) => span.name === name);
    expect(ofName('write product')?.attributes).toEqual({
      'productsync.product.id': 'TRACED',
      'productsync.outcome': 'created',
    });
    expect(ofName('create_item products')).toMatchObject({
      kind: 3,
      isError: false,
      attributes: {
        'db.system.name': 'azure.cosmosdb',
        'db.operation.name': 'create_item',
        'db.collection.name': 'products',
        'db.namespace': 'catalog',
        'db.response.status_code': '201',
        'azure.cosmosdb.operation.request_charge': expect.any(Number),
      },
    });
    expect(ofName('read_item products')).toMatchObject({
      isError: false,
      attributes: { 'db.response.status_code': '404' },
    });

    expect(receiver.metrics.get('productsync.messages')).toEqual({
      name: 'productsync.messages',
      unit: '{message}',
      kind: 'sum',
      points: [{ attributes: { transport: 'http', outcome: 'created' }, value: 1 }],
    });
    expect(receiver.metrics.get('productsync.webhooks.refused')?.points).toEqual([
      { attributes: { reason: 'bad-signature' }, value: 1 },
    ]);
    expect(receiver.metrics.get('productsync.write.duration')).toMatchObject({
      unit: 'ms',
      kind: 'histogram',
      points: [{ attributes: { transport: 'http', outcome: 'created' }, count: 1 }],
    });
    expect(receiver.metrics.get('productsync.request.charge')?.points).toMatchObject([
      { attributes: { container: 'products', operation: 'read' }, count: 1 },
      { attributes: { container: 'products', operation: 'create' }, count: 1 },
    ]);

    expect(receiver.resources[0]).toMatchObject({
      'service.name': 'ordercloud-product-sync',
      'service.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
      'service.instance.id': expect.any(String),
      'deployment.environment.name': 'test',
    });
    for (const { headers } of receiver.requests) {
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'api-key': 'key of the collector',
      });
    }
    const sent = JSON.stringify([receiver.spans, [...receiver.metrics.values()], receiver.resources]);
    expect(sent).not.toContain(MARKER);
  });
});

describe('a batch of events', () => {
  it('is a trace with a branch for each product, linked to what its sender was doing', async () => {
    const receiver = await startOtlpReceiver();
    const stack = await start(
      { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
      true,
    );
    const { connectionString = '', hub = '' } = stack.eventHubs ?? {};
    const producer = new EventHubProducerClient(connectionString, hub);
    onTestFinished(() => producer.close());
    const event = (payload: object, properties = {}) => ({
      body: Buffer.from(JSON.stringify(payload)),
      properties: { type: PRODUCT_UPDATED, ...properties },
    });
    await producer.sendBatch(
      [
        event({ ProductID: 'LINKED' }, { 'Diagnostic-Id': traceparent(CALLER) }),
        event({ ProductID: 'SECOND' }),
        event({ ProductID: 7 }),
      ],
      { partitionId: '0' },
    );
    await vi.waitFor(async () => expect(stack.logLines.join('\n')).toContain('"event":"batch"'), 20_000);
    await stack.close();

    const batch = receiver.spans.find(({ name }) => name === 'process products');
    if (batch === undefined) throw new Error('no span of a batch');
    const written: Tree = {
      name: 'write product',
      below: [leaf('read_item products'), leaf('create_item products')],
    };
    expect(treeOf(receiver.spans, batch)).toEqual({
      name: 'process products',
      below: [written, written, { name: 'keep dead letter', below: [leaf('create_item dead-letters')] }],
    });
    expect(batch).toMatchObject({
      parentSpanId: '',
      attributes: {
        'messaging.system': 'eventhubs',
        'messaging.destination.name': 'products',
        'messaging.destination.partition.id': '0',
        'messaging.batch.message_count': 3,
      },
    });
    const linked = receiver.spans.filter(({ links }) => links.length > 0);
    expect(linked).toMatchObject([{ attributes: { 'productsync.product.id': 'LINKED' }, links: [CALLER] }]);

    const points = (name: string) => receiver.metrics.get(name)?.points;
    expect(points('productsync.messages')).toHaveLength(2);
    expect(points('productsync.messages')).toEqual(
      expect.arrayContaining([
        { attributes: { transport: 'eventhub', outcome: 'created' }, value: 2 },
        {
          attributes: { transport: 'eventhub', outcome: 'dead-lettered', reason: 'invalid-message' },
          value: 1,
        },
      ]),
    );
    expect(points('productsync.dead_letters')).toEqual([
      { attributes: { transport: 'eventhub', reason: 'invalid-message' }, value: 1 },
    ]);
    expect(points('productsync.batch.size')).toEqual([
      { attributes: { transport: 'eventhub' }, count: 1, sum: 3 },
    ]);
    expect(points('productsync.lag')).toMatchObject([
      { attributes: { transport: 'eventhub', stream: 'eventhub/products/0' }, count: 1 },
    ]);
    expect(points('productsync.batch.duration')).toMatchObject([{ count: 1 }]);
  });
});

describe('telemetry that cannot be had', () => {
  const lines = vi.spyOn(console, 'warn');
  const warnings = () =>
    lines.mock.calls.map(([line]) => String(line)).filter((line) => /telemetry/i.test(line));

  it('does not stand in the way of messages: a collector that is away', async () => {
    lines.mockClear();
    const away = 'http://127.0.0.1:1';
    const stack = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: away, OTEL_EXPORTER_OTLP_TIMEOUT: '300' });
    for (const id of ['AWAY-1', 'AWAY-2', 'AWAY-3']) {
      expect((await stack.post(envelope({ ProductID: id }))).status).toBe(200);
    }
    await vi.waitFor(() => expect(warnings()).toHaveLength(1), 10_000);
    await stack.close();
    expect(warnings()).toEqual([expect.stringContaining('telemetry could not be exported')]);
  });

  it('does not stand in the way of messages: settings that are malformed', async () => {
    const errors = silencedConsole('error');
    const stack = await start({
      APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=hush-hush',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'hush-hush',
    });
    expect((await stack.post(envelope({ ProductID: 'MALFORMED' }))).status).toBe(200);
    const told = errors.mock.calls.map(([line]) => String(line));
    errors.mockRestore();
    expect(told).toEqual([
      expect.stringMatching(/APPLICATIONINSIGHTS_CONNECTION_STRING must .*OTEL_EXPORTER_OTLP_ENDPOINT must /),
    ]);
    expect(told.join()).not.toContain('hush');
  });
});
