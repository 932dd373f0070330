import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { status } from '../../../cli/status/run.ts';
import { toItem } from '../../../src/sync/change.ts';
import { startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { deadLetterFor } from '../../support/dead-letters.ts';
import { changeFrom, deleteOf, updateOf } from '../../support/messages.ts';
import { type OrderCloudServer, startOrderCloud } from '../../support/ordercloud/server.ts';
import { runAt } from '../../support/run-command.ts';
import { addressOfNothing, startReceiver } from './receiver.ts';

let cosmos: TestCosmos;
let orderCloud: OrderCloudServer;
beforeAll(async () => {
  cosmos = await startTestCosmos();
  const at = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
  for (const delivery of [
    updateOf('MUG', 'Mug', { time: at(300), receivedAt: at(298) }),
    deleteOf('CUP', { time: at(600), receivedAt: at(600) }),
  ]) {
    await cosmos.products.items.create(toItem(changeFrom(delivery), 14));
  }
  await cosmos.stores.deadLetters.keep(deadLetterFor('POT'));
});
afterAll(() => cosmos.close());

beforeEach(async () => {
  orderCloud = await startOrderCloud();
  const { marketplace } = orderCloud;
  const EventHub = {
    EventHubName: 'products',
    ConnectionString: 'Endpoint=sb://hub;SharedAccessKey=hidden-key-of-the-hub',
  };
  marketplace.deliveryConfigs.set('sync', { ID: 'sync', Enabled: true, DeliveryTargets: { EventHub } });
  marketplace.productSync = { DeliveryConfigID: 'sync', SyncProductChanged: true, SyncProductDeleted: true };
});
afterEach(() => orderCloud.close());

const env = () => ({
  ...orderCloud.env,
  COSMOS_CONNECTION_STRING: cosmos.connectionString,
  EventHubConnection: 'Endpoint=sb://hub;SharedAccessKeyName=a;SharedAccessKey=hidden-key-of-the-hub',
});
const run = (more: Record<string, string> = {}, flags: Parameters<typeof status>[0] = {}) =>
  runAt({ env: { ...env(), ...more } }, (at) => status(flags, at));

describe('status', () => {
  it('shows both sides on one screen, without a secret', async () => {
    const { exitCode, stdout } = await run();
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').length).toBeLessThanOrEqual(30);
    expect(stdout).toMatch(/product sync +sends changed and deleted products, with prices/);
    expect(stdout).toMatch(/products +1\n +tombstones +1\n +dead letters +1/);
    expect(stdout).toMatch(/last eventhub +5m ago, 2\.0 s after the broker took it \(MUG\)/);
    expect(stdout).toContain('Both sides match.');
    const json = await run({}, { json: true });
    for (const text of [stdout, json.stdout]) expect(text).not.toContain('hidden');
    expect(json.stdout).not.toContain(orderCloud.env.ORDERCLOUD_CLIENT_SECRET);
  });

  it('ends with 1 where they do not fit, and says what to do', async () => {
    const { exitCode, stdout } = await run({ EVENT_HUB_NAME: 'orders' });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗ the app reads the Event Hub "products": EVENT_HUB_NAME is "orders"');
  });

  it.each([
    ['OrderCloud', { ORDERCLOUD_CLIENT_ID: '' }, 'ORDERCLOUD_CLIENT_ID is not set', 'dead letters'],
    ['the container', { COSMOS_DATABASE: 'elsewhere' }, 'There is no container', 'sends changed'],
  ])('shows the rest where %s cannot be looked at', async (_, more, problem, rest) => {
    const { exitCode, stdout } = await run(more);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(new RegExp(`missing +${problem}`));
    expect(stdout).toContain(rest);
  });

  it('shows both problems where neither can be looked at', async () => {
    const nothing = await addressOfNothing();
    const { exitCode, stdout } = await run(
      {
        ORDERCLOUD_CLIENT_SECRET: 'not-the-secret',
        COSMOS_CONNECTION_STRING: `AccountEndpoint=${nothing};AccountKey=a2V5LW9mLXRoZS10ZXN0cw==;`,
      },
      { url: nothing },
    );
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Auth.InvalidUsernameOrPassword');
    expect(stdout).toContain('Nothing listens at');
    expect(stdout).toMatch(/app +cannot be reached \(ECONNREFUSED\)/);
  });

  it.each([
    [{ FUNCTIONS_KEY: 'key-from-variable' }, 'key-from-variable'],
    [
      { FUNCTIONS_KEY: 'functions-key-of-the-tests', FUNCTIONS_HEALTH_KEY: 'key-from-variable' },
      'key-from-variable',
    ],
    [{}, undefined],
  ])('sends the key for the health of %o, and says where it is refused', async (keys, sent) => {
    const { url, received } = await startReceiver(() => ({ status: sent === undefined ? 401 : 200 }));
    const { stdout } = await run(keys, { url });
    expect(received[0]?.headers['x-functions-key']).toBe(sent);
    expect(stdout).toMatch(sent === undefined ? /app +401: set FUNCTIONS_HEALTH_KEY/ : /app +healthy/);
    expect(stdout).not.toContain('key-from-variable');
  });

  it('follows no redirect with the key', async () => {
    const { url: elsewhere, received } = await startReceiver();
    const { url } = await startReceiver(() => ({ status: 302, headers: { location: elsewhere } }));
    const { stdout } = await run({ FUNCTIONS_KEY: 'key-from-variable' }, { url });
    expect([stdout, received]).toEqual([expect.stringMatching(/app +302/), []]);
  });

  it('takes the app beside a local Cosmos DB for that of the local stack, and says which it reads', async () => {
    const local = { COSMOS_CONNECTION_STRING: '', EventHubConnection: '' };
    const cosmosPort = Number(new URL(cosmos.endpoint).port);
    const { exitCode, stdout, stderr } = await run(local, { cosmosPort });
    expect(stderr).toMatch(`The local stack's Cosmos DB: ${cosmos.endpoint}`);
    expect(stdout).toMatch(/App of the local stack\n +webhooks +a secret is set\n +Event Hub +products/);
    expect(exitCode).toBe(0);
  });

  it('names white space in a secret as the likely cause of refused webhooks', async () => {
    const { stdout } = await run({ ORDERCLOUD_WEBHOOK_SECRETS: 'secret-from-variable ' });
    expect(stdout).toContain(
      '! ORDERCLOUD_WEBHOOK_SECRETS begins or ends with white space or quotes, which count: the likely cause if webhooks are refused',
    );
    expect(stdout).not.toContain('secret-from-variable');
  });

  it('shows messages whose type is nearly a product type, and ends with 1', async () => {
    const type = 'Sitecore.OrderCloud.Messages.Product.Updated';
    const nearMisses = [{ type, count: 3 }];
    const { url } = await startReceiver(() => ({ status: 200, body: { status: 'healthy', nearMisses } }));
    const { exitCode, stdout } = await run({}, { url });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      `✗ no type of a message is nearly a product type: 3 messages of the type "${type}"`,
    );
  });
});
