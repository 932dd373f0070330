import { SpanStatusCode } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCosmosClient } from '../../../src/store/cosmos-client.ts';
import { cosmosProductStore } from '../../../src/store/cosmos-product-store.ts';
import type { ProductStore } from '../../../src/store/product-store.ts';
import { toItem } from '../../../src/sync/change.ts';
import { cosmosSettings, startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { deadLetterOf } from '../../support/dead-letters.ts';
import { httpDelivery } from '../../support/deliveries.ts';
import { type Fault, startFaultyProxy } from '../../support/faulty-proxy.ts';
import { changeFrom, updateOf } from '../../support/messages.ts';
import { type RecordedTelemetry, recordTelemetry } from '../../support/recorded-telemetry.ts';

let cosmos: TestCosmos;
beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

let telemetry: RecordedTelemetry;
beforeEach(() => {
  telemetry = recordTelemetry();
});
afterEach(() => telemetry.end());

const item = (id: string) => toItem(changeFrom(updateOf(id, 'AeroPress Go')), 14);

/** The store behind a proxy that does `faults` to its calls, one after another, and then passes them on. */
async function behind(faults: Fault[], use: (products: ProductStore) => Promise<unknown>): Promise<void> {
  const proxy = await startFaultyProxy(cosmos.endpoint, ({ url }) =>
    url?.includes('/docs') ? faults.shift() : undefined,
  );
  const settings = cosmosSettings(cosmos.connectionString.replace(cosmos.endpoint, proxy.url));
  const client = await createCosmosClient(settings);
  const container = client.database(settings.database).container(settings.productsContainer);
  try {
    await use(cosmosProductStore(async () => container));
  } finally {
    client.dispose();
    await proxy.close();
  }
}

const lastSpan = () => telemetry.spans().at(-1);

describe('a call', () => {
  it('that Cosmos DB refuses is a failed span with status and sub-status', async () => {
    const fault: Fault = { kind: 'status', status: 400, subStatus: 1001 };
    await behind([fault], (products) => expect(products.create(item('REFUSED'))).rejects.toThrow('1001'));
    expect(lastSpan()).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: {
        'db.response.status_code': '400',
        'azure.cosmosdb.response.sub_status_code': 1001,
        'error.type': '400',
      },
    });
  });

  it('that meets another version is a conflict, and no failure', async () => {
    const { products } = cosmos.stores;
    await products.create(item('CONFLICT'));
    expect(await products.create(item('CONFLICT'))).toBe('conflict');
    expect(lastSpan()).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: { 'db.response.status_code': '409' },
    });
    expect(await products.replace(item('CONFLICT'), '"another"')).toBe('conflict');
    expect(await telemetry.points('productsync.store.conflicts')).toMatchObject([
      { attributes: { container: 'products', operation: 'create' }, value: 1 },
      { attributes: { container: 'products', operation: 'replace' }, value: 1 },
    ]);
  });

  it('that moves a dead letter forward is named like the others', async () => {
    const sentAt = (time: string) =>
      deadLetterOf(httpDelivery(Buffer.from('{}'), { time, receivedAt: time }));
    await cosmos.stores.deadLetters.keep(sentAt('2026-11-22T12:00:01.000Z'));
    await cosmos.stores.deadLetters.keep(sentAt('2026-11-22T12:00:02.000Z'));
    expect(telemetry.spans().map(({ name }) => name)).toEqual([
      'create_item dead-letters',
      'create_item dead-letters',
      'read_item dead-letters',
      'replace_item dead-letters',
    ]);
    expect(lastSpan()?.attributes).toMatchObject({
      'db.operation.name': 'replace_item',
      'db.response.status_code': '200',
    });
    expect(await telemetry.points('productsync.store.duration')).toContainEqual(
      expect.objectContaining({
        attributes: { container: 'dead-letters', operation: 'replace', status: '200' },
      }),
    );
  });

  it('that replaces an item gets its version, and not the item back', async () => {
    const created = await cosmos.products.items.create(item('REPLACED'));
    const written = await cosmos.stores.products.replace(item('REPLACED'), created.etag);
    const { etag } = await cosmos.products.item('REPLACED', 'REPLACED').read();
    expect(etag).not.toBe(created.etag);
    expect(written).toMatchObject({ etag });
    expect(written).not.toHaveProperty('resource.id');
  });

  it('that finds nothing is neither', async () => {
    expect(await cosmos.stores.products.read('NOTHING')).toBeNull();
    expect(lastSpan()).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: { 'db.response.status_code': '404' },
    });
    expect(await telemetry.points('productsync.store.conflicts')).toEqual([]);
  });

  it('counts the throttling that the SDK waits out', async () => {
    const throttled: Fault = { kind: 'status', status: 429, retryAfterMs: 1 };
    await behind([throttled, throttled], (products) => products.create(item('THROTTLED')));
    expect(await telemetry.points('productsync.store.throttles')).toMatchObject([
      { attributes: { container: 'products', operation: 'create' }, value: 2 },
    ]);
    expect(await telemetry.points('productsync.store.duration')).toMatchObject([
      { attributes: { container: 'products', operation: 'create', status: '201' }, value: { count: 1 } },
    ]);
  });

  it('counts the throttling that outlasts the SDK', async () => {
    const throttled: Fault = { kind: 'status', status: 429, retryAfterMs: 1 };
    await behind(Array<Fault>(4).fill(throttled), (products) =>
      expect(products.create(item('THROTTLED-FOR-LONG'))).rejects.toThrow('429'),
    );
    expect(await telemetry.points('productsync.store.throttles')).toMatchObject([{ value: 4 }]);
    expect(lastSpan()).toMatchObject({ status: { code: SpanStatusCode.ERROR } });
  });

  it('that the network cuts off is named by its code', async () => {
    await behind([{ kind: 'hang' }], (products) =>
      expect(products.read('HANGING', { signal: AbortSignal.timeout(50) })).rejects.toThrow(),
    );
    expect(lastSpan()).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'db.response.status_code': expect.stringMatching(/^\w+$/) },
    });
  });

  it('has its cost in request units', async () => {
    // No local server reports request units: here an answer of Cosmos DB is made to.
    const charged = { ...cosmos.products, id: 'products', database: cosmos.products.database };
    const answer = { headers: { 'x-ms-request-charge': '5.71' }, statusCode: 200 };
    const products = cosmosProductStore(
      async () => ({ ...charged, item: () => ({ read: async () => answer }) }) as never,
    );
    await products.read('CHARGED');
    expect(lastSpan()?.attributes['azure.cosmosdb.operation.request_charge']).toBe(5.71);
    expect(await telemetry.points('productsync.request.charge')).toMatchObject([
      { attributes: { container: 'products', operation: 'read' }, value: { sum: 5.71 } },
    ]);
  });
});
