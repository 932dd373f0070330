import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ResyncFlags, resync } from '../../cli/resync/resync.ts';
import { type StatusFlags, status } from '../../cli/status/status.ts';
import { type VerifyFlags, verify } from '../../cli/verify/verify.ts';
import { LOCAL_WEBHOOK_SECRET } from '../../local/local-webhook-secret.ts';
import type { Options } from '../support/ordercloud/command.ts';
import { runAt } from '../support/ordercloud/run-command.ts';
import { type OrderCloudServer, startOrderCloud } from '../support/ordercloud/server.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

describe('a marketplace and its container', { timeout: 60_000 }, () => {
  let stack: TestStack;
  let orderCloud: OrderCloudServer;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(() => stack.close());

  beforeEach(async () => {
    orderCloud = await startOrderCloud();
    const { marketplace } = orderCloud;
    marketplace.deliveryConfigs.set('product-sync', {
      ID: 'product-sync',
      Enabled: true,
      DeliveryTargets: { Http: { Endpoint: stack.webhookUrl, Secret: LOCAL_WEBHOOK_SECRET } },
    });
    marketplace.productSync = {
      DeliveryConfigID: 'product-sync',
      SyncProductChanged: true,
      SyncProductDeleted: true,
    };
    return () => orderCloud.close();
  });

  const env = () => ({
    ...orderCloud.env,
    COSMOS_CONNECTION_STRING: stack.cosmos?.connectionString ?? '',
    ORDERCLOUD_WEBHOOK_SECRETS: LOCAL_WEBHOOK_SECRET,
  });
  const at = (more: Partial<Options> = {}): Options => ({ env: env(), ...more });
  const runResync = (ids: string[], flags: Partial<ResyncFlags> = {}, more?: Partial<Options>) =>
    runAt(at(more), (surroundings) => resync(ids, { rate: 1000, ...flags }, surroundings));
  const runVerify = (flags: Partial<VerifyFlags> = {}, more?: Partial<Options>) =>
    runAt(at(more), (surroundings) => verify({ pause: 0, rate: 1000, limit: 100, ...flags }, surroundings));
  const runStatus = (flags: StatusFlags = {}) => runAt(at(), (surroundings) => status(flags, surroundings));

  it('come together by the first load, stay together by messages, and are mended where a message was lost', async () => {
    const { marketplace, outbox } = orderCloud;
    marketplace.priceSchedules.set('ps-mug', {
      ID: 'ps-mug',
      Name: 'Mug',
      Currency: 'USD',
      PriceBreaks: [{ Quantity: 1, Price: 12 }],
    });
    for (const [ID, Name] of [
      ['MUG', 'Mug'],
      ['CUP', 'Cup'],
      ['POT', 'Pot'],
    ]) {
      marketplace.products.set(String(ID), { ID, Name, Active: true, DefaultPriceScheduleID: 'ps-mug' });
    }
    expect(await runStatus()).toMatchObject({ exitCode: 0, error: null });

    expect(await runResync([], { all: true, yes: true })).toMatchObject({ exitCode: 0, error: null });
    await outbox.settled();
    const inSync = await runVerify();
    expect(inSync).toMatchObject({ exitCode: 0, error: null });
    expect(inSync.stdout).toBe('3 products compared: the container is as OrderCloud is.\n');

    const waited = await runResync(['MUG'], { wait: true, json: true });
    expect(waited).toMatchObject({ exitCode: 0, error: null });
    expect(JSON.parse(waited.stdout).arrivals).toMatchObject([{ productId: 'MUG', kind: 'arrived' }]);

    // Messages that were lost: one of a change, one of a deletion, one of a new product.
    marketplace.products.set('CUP', { ...marketplace.products.get('CUP'), Name: 'Cup, large' });
    marketplace.products.delete('POT');
    marketplace.products.set('JAR', { ID: 'JAR', Name: 'Jar', Active: true });
    const differing = await runVerify({ json: true });
    expect(differing.exitCode).toBe(1);
    expect(JSON.parse(differing.stdout)).toMatchObject({ missing: 1, extra: 1, differing: 1, repair: null });

    const repaired = await runVerify({ repair: true, yes: true });
    expect(repaired).toMatchObject({ exitCode: 0, error: null });
    expect(await stack.product('CUP')).toMatchObject({ name: 'Cup, large' });
    expect(await stack.product('JAR')).toMatchObject({ name: 'Jar' });
    expect(await stack.product('POT')).toMatchObject({
      deleted: true,
      sync: { transport: 'verify', stream: 'verify', sequence: null },
    });
    expect(await runVerify()).toMatchObject({ exitCode: 0 });

    const after = await runStatus({ json: true });
    expect(after.exitCode).toBe(0);
    expect(JSON.parse(after.stdout)).toMatchObject({
      container: {
        side: { products: 3, tombstones: 1, deadLetters: 0, lastMessages: [{ transport: 'http' }] },
      },
      health: { isHealthy: true },
    });
  });
});
