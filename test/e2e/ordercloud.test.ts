import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type OrderCloudApi, openOrderCloud } from '../../cli/ordercloud/api.ts';
import { registerSecret } from '../support/leaks/secrets.ts';
import { deliverByEventHub, deliverByHttp } from '../support/ordercloud/outbox.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type OrderCloudServer,
  startOrderCloud,
} from '../support/ordercloud/server.ts';
import { runProgram } from '../support/run-program.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

const DELIVERED = { timeout: 20_000, interval: 50 };

let orderCloud: OrderCloudServer;
let api: OrderCloudApi;
let stack: TestStack | undefined;

beforeEach(async () => {
  orderCloud = await startOrderCloud({
    deliver: async (message) => [await deliverByHttp(message), await deliverByEventHub(message)],
  });
  orderCloud.marketplace.priceSchedules.set('mug-retail', {
    ID: 'mug-retail',
    Name: 'Mug, retail',
    Currency: 'USD',
    MinQuantity: 1,
    PriceBreaks: [{ Quantity: 1, Price: 12.5 }],
  });
  api = openOrderCloud({
    baseUrl: orderCloud.url,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scope: [],
  });
});
afterEach(async () => {
  await stack?.close();
  stack = undefined;
  await orderCloud.close();
});

/** Runs the program in a process of its own, as its user does; without a terminal. */
const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  runProgram(args, { env: { ...orderCloud.env, ...env } });

/** Changes a product as a shop owner does, and waits until OrderCloud has told all targets. */
async function save(id: string, product: { Name: string; DefaultPriceScheduleID?: string }) {
  await api.call((sdk, options) => sdk.Products.Save(id, { Active: true, ...product }, options));
  await orderCloud.outbox.settled();
}

describe('a first evening with OrderCloud', () => {
  it('goes from connect to a document, through pause, delete and a new secret', async () => {
    // Before the app is there: connect makes the secret that the app then starts with.
    const first = await run([
      'connect',
      'http',
      '--url',
      'https://app.example',
      '--no-function-key',
      '--yes',
    ]);
    expect([first.code, first.stderr]).toEqual([0, '']);
    const secret = /ORDERCLOUD_WEBHOOK_SECRETS=(\S+)/.exec(first.stdout)?.[1];
    registerSecret('the secret that connect made', String(secret));
    stack = await startTestStack({ env: { ORDERCLOUD_WEBHOOK_SECRETS: secret } });

    // Its address is known now, and goes with the secret that the app has.
    const moved = await run(['connect', 'http', '--url', stack.webhookUrl, '--yes', '--replace'], {
      ORDERCLOUD_WEBHOOK_SECRET: secret,
    });
    expect([moved.code, moved.stderr]).toEqual([0, '']);
    const again = await run(['connect', 'http', '--url', stack.webhookUrl, '--yes']);
    expect(again.stdout).toContain('The secret stays as it is in OrderCloud.');

    await save('MUG', { Name: 'Mug', DefaultPriceScheduleID: 'mug-retail' });
    expect(await stack.product('MUG')).toMatchObject({
      name: 'Mug',
      active: true,
      marketplace: 'roastery',
      pricing: { display: { currency: 'USD', price: 12.5 } },
    });

    // A product that nobody changes comes on demand.
    orderCloud.marketplace.products.set('JUG', { ID: 'JUG', Name: 'Jug', Active: true });
    await api.call((sdk, options) => sdk.ProductSynchronization.Sync({ ProductID: 'JUG' }, options));
    await orderCloud.outbox.settled();
    expect(await stack.product('JUG')).toMatchObject({ name: 'Jug' });

    // While paused, updates wait and deletes do not.
    expect((await run(['pause'])).code).toBe(0);
    await save('MUG', { Name: 'Mug, blue' });
    await save('MUG', { Name: 'Mug, green' });
    await api.call((sdk, options) => sdk.Products.Delete('JUG', options));
    await orderCloud.outbox.settled();
    expect(await stack.product('MUG')).toMatchObject({ name: 'Mug' });
    expect(await stack.product('JUG')).toMatchObject({ deleted: true });
    const sentBefore = orderCloud.outbox.sent.length;
    expect((await run(['resume'])).code).toBe(0);
    await orderCloud.outbox.settled();
    expect(orderCloud.outbox.sent.length - sentBefore).toBe(1);
    expect(await stack.product('MUG')).toMatchObject({ name: 'Mug, green' });

    // A new secret that the app does not know: it refuses, as it should.
    const rotated = await run(['connect', 'http', '--url', stack.webhookUrl, '--yes'], {
      ORDERCLOUD_WEBHOOK_SECRET: 'a-secret-that-the-app-does-not-know',
    });
    expect(rotated.code).toBe(0);
    await save('MUG', { Name: 'Mug, red' });
    expect(orderCloud.outbox.sent.at(-1)?.result).toEqual([401, null]);
    expect(await stack.product('MUG')).toMatchObject({ name: 'Mug, green' });
    expect(stack.logLines.join('\n')).not.toContain(secret);
  }, 90_000);
});

describe('the same marketplace by Event Hubs', () => {
  it('reaches the app by both targets, and the hub decides the order', async () => {
    stack = await startTestStack({ eventHubs: true });
    const { connectionString = '', hub = '' } = stack.eventHubs ?? {};
    const env = { ORDERCLOUD_EVENT_HUB_CONNECTION_STRING: connectionString };
    const { code, stdout, stderr } = await run(
      ['connect', 'eventhub', '--hub', hub, '--id', 'by-hub', '--exclude-price-schedules', '--yes', '--json'],
      env,
    );
    expect([code, JSON.parse(stdout).written]).toEqual([0, true]);
    expect(stdout + stderr).not.toContain(connectionString);
    await save('CUP', { Name: 'Cup', DefaultPriceScheduleID: 'mug-retail' });
    await vi.waitFor(async () => {
      expect(await stack?.product('CUP')).toMatchObject({ name: 'Cup', pricing: null });
    }, DELIVERED);
  }, 90_000);
});
