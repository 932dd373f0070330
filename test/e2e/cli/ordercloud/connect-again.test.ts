import { describe, expect, it, onTestFinished } from 'vitest';
import type { Model } from '../../../support/ordercloud/marketplace.ts';
import { startOrderCloud } from '../../../support/ordercloud/server.ts';
import {
  connect,
  eventHub,
  feedSearch,
  given,
  http,
  kafka,
  OTHER_URL,
  SEARCH,
  SECRET,
  SEND_ONLY,
  server,
  targets,
  URL,
  writes,
} from './connect-runs.ts';

describe('connect, where there is something already', () => {
  it('adds the target to the configuration in use and keeps everything else, also what it does not know', async () => {
    feedSearch();
    const { code, stdout } = await connect(http(), { env: given });
    expect(code).toBe(0);
    expect(server.marketplace.deliveryConfigs.get('search')).toMatchObject({
      Name: 'Search',
      Region: 'west',
      DeliveryTargets: { SearchIngestion: SEARCH, Http: { Endpoint: URL, Secret: SECRET } },
    });
    expect(server.marketplace.productSync).toEqual({
      SyncProductChanged: true,
      SyncProductDeleted: true,
      DeliveryConfigID: 'search',
      Paused: true,
      ExcludePriceSchedules: true,
      ConfigData: { kept: true },
      Since: 2026,
    });
    expect(stdout).toContain('~ SyncProductDeleted  false → true');
    expect(stdout).toContain('Other targets of this configuration stay as they are: SearchIngestion.');
    expect(stdout).toContain('Synchronization is paused and stays so.');
    expect(stdout).toContain('Messages carry no price schedules');
  });

  it('sends back no secret that a GET does not give, and so blanks none', async () => {
    await connect(http(), { env: given });
    const former = structuredClone(targets());
    server.requests.length = 0;
    const { code } = await connect(http(), {
      flags: { yes: true, excludePriceSchedules: true },
    });
    expect(code).toBe(0);
    expect(writes().map(({ method, body }) => [method, body])).toEqual([
      ['PATCH', { ExcludePriceSchedules: true }],
    ]);
    expect(targets()).toEqual(former);
  });

  it('keeps no secret and no key of a webhook that it leads elsewhere', async () => {
    await connect(http(), { env: given });
    const moved = { url: 'https://moved.example' };
    const flags = { yes: true, replace: true } as const;
    const withoutKey = await connect(http(moved), { flags });
    expect([withoutKey.code, withoutKey.message.split(' ')[0]]).toEqual([2, 'FUNCTIONS_KEY']);
    expect(targets().Http).toMatchObject({ Endpoint: URL, Secret: SECRET });

    const { stdout } = await connect(http(moved), { flags, typed: 'key-from-variable' });
    const { Endpoint, Secret, ...key } = targets().Http ?? {};
    expect([Endpoint, Secret]).toEqual([
      `${moved.url}/api/webhooks/products`,
      expect.not.stringMatching(SECRET),
    ]);
    expect(key).toEqual({
      CustomAuthHeaderName: 'x-functions-key',
      CustomAuthHeaderValue: 'key-from-variable',
    });
    expect(stdout).toContain(`ORDERCLOUD_WEBHOOK_SECRETS=${Secret}`);
    expect(stdout).toContain('its former secret is not kept');
  });

  it.each([
    ['asks for no key', { url: 'https://moved.example', functionKey: false }],
    ['has the key in its address', { url: `${OTHER_URL}?code=abc` }],
    ['is on this machine', { url: 'http://127.0.0.1:7071' }],
  ])('sends the key of the former webhook to no other that %s', async (_, where) => {
    await connect(http(), { env: given });
    const { code, stdout } = await connect(http(where), { flags: { yes: true, replace: true } });
    expect(code).toBe(0);
    expect(Object.keys(targets().Http ?? {}).sort()).toEqual(['Endpoint', 'Secret']);
    expect(stdout).toContain('- DeliveryTargets.Http.CustomAuthHeaderName');
  });

  it('keeps no connection string for another hub, and replaces none that may be of another namespace unasked', async () => {
    const env = { ORDERCLOUD_EVENT_HUB_CONNECTION_STRING: SEND_ONLY };
    await connect(eventHub(), { env });
    expect((await connect(eventHub())).stdout).toContain('Nothing to change.');
    const otherHub = await connect(eventHub({ hub: 'shop' }), { flags: { yes: true, replace: true } });
    expect([otherHub.code, otherHub.message.split(' ')[0]]).toEqual([
      2,
      'ORDERCLOUD_EVENT_HUB_CONNECTION_STRING',
    ]);
    server.requests.length = 0;
    const other = {
      ORDERCLOUD_EVENT_HUB_CONNECTION_STRING: SEND_ONLY.replace('ns.example', 'other.example'),
    };
    const refused = await connect(eventHub(), { env: other });
    expect([refused.code, writes()]).toEqual([1, []]);
    expect(refused.message).toMatch(
      /EventHub \(EventHubName "products", in a namespace that OrderCloud does not show\)\..*--replace/,
    );
    const asked = await connect(eventHub(), { env: other, flags: {}, answer: 'no' });
    expect(asked.stdout).toContain('gets no messages any more, unless that is this one');
    expect((await connect(eventHub(), { env: other, flags: { yes: true, replace: true } })).code).toBe(0);
    expect(targets().EventHub?.ConnectionString).toContain('other.example');
  });

  it.each([
    ['another namespace', { bootstrapServers: 'other.servicebus.windows.net:9093' }],
    ['another topic', { topic: 'other' }],
    ['another user', { username: 'oc' }],
  ])('keeps no password for %s', async (_, where) => {
    const settings = {
      bootstrapServers: 'shop.servicebus.windows.net:9093',
      topic: 'products',
      username: '$ConnectionString',
    };
    const env = { ORDERCLOUD_KAFKA_PASSWORD: SEND_ONLY };
    await connect(kafka(settings), { env });
    expect((await connect(kafka(settings))).stdout).toContain('Nothing to change.');
    const flags = { yes: true, replace: true } as const;
    const refused = await connect(kafka({ ...settings, ...where }), { flags });
    expect([refused.code, refused.message.split(' ')[0]]).toEqual([2, 'ORDERCLOUD_KAFKA_PASSWORD']);
    await connect(kafka({ ...settings, ...where }), { flags, typed: 'other-password' });
    expect(targets().Kafka?.SaslPassword).toBe('other-password');
  });

  it('keeps no key of Sitecore Search for another address', async () => {
    feedSearch();
    const flags = { yes: true, replace: true, searchIngestion: true } as const;
    const same = await connect(http(), { env: given, flags });
    expect([same.code, targets('search').SearchIngestion]).toEqual([0, SEARCH]);
    const moved = { ...flags, searchEndpoint: 'https://other.example/' };
    const { code, message } = await connect(http(), { env: given, flags: moved });
    expect([code, message.split(' ')[0]]).toEqual([2, 'SITECORE_SEARCH_API_KEY']);
  });

  it("takes nobody else's target with --yes alone, and says at a terminal whose it takes", async () => {
    await connect(http({ url: 'https://theirs.example/webhooks/products?code=hidden' }), { env: given });
    const theirs = structuredClone(targets());
    server.requests.length = 0;
    const refused = await connect(http(), { env: given });
    expect([refused.code, writes()]).toEqual([1, []]);
    expect(refused.message).toMatch(
      /Http \(Endpoint https:\/\/theirs\.example\/webhooks\/products\?\*{8}\)\. Nothing .*--replace/,
    );
    const asked = await connect(http(), { env: given, flags: {}, answer: 'no' });
    expect(asked.stdout).toContain(
      'Http (Endpoint https://theirs.example/webhooks/products?********) gets no messages any more',
    );
    expect(targets()).toEqual(theirs);
    expect((await connect(http(), { env: given, flags: { yes: true, replace: true } })).code).toBe(0);
  });

  it('says a second time that nothing is to be changed, and writes nothing', async () => {
    await connect(http(), { env: given });
    server.requests.length = 0;
    const { code, stdout } = await connect(http());
    expect([code, writes()]).toEqual([0, []]);
    expect(stdout).toContain('Nothing to change.');
  });

  it('replaces the secret when another one is given', async () => {
    await connect(http(), { env: given });
    const other = 'a-newer-secret-of-the-webhook';
    const env = { ...given, ORDERCLOUD_WEBHOOK_SECRET: other };
    const { stdout } = await connect(http(), { env });
    expect(targets().Http?.Secret).toBe(other);
    expect(stdout).not.toContain(other);
  });

  it('says who gets no messages any more when --id names another configuration', async () => {
    feedSearch();
    const { stdout } = await connect(http(), { env: given, flags: { yes: true, id: 'app' } });
    expect(stdout).toContain('~ DeliveryConfigID    "search" → "app"');
    expect(stdout).toMatch(/went by "search": SearchIngestion there will get none/);
    expect(targets('search').SearchIngestion).toEqual(SEARCH);
  });

  it('enables a configuration that is switched off', async () => {
    await connect(http(), { env: given });
    const config = server.marketplace.deliveryConfigs.get('product-sync');
    server.marketplace.deliveryConfigs.set('product-sync', { ...config, Enabled: false });
    expect((await connect(http())).stdout).toContain('~ Enabled  false → true');
  });

  it('takes targets that are null for absent, as well as those that are not there', async () => {
    feedSearch();
    const config = server.marketplace.deliveryConfigs.get('search');
    const all = { ...(config?.DeliveryTargets as Model), Http: null, Kafka: null };
    server.marketplace.deliveryConfigs.set('search', { ...config, DeliveryTargets: all });
    expect((await connect(http(), { env: given })).stdout).toContain('+ DeliveryTargets.Http.Endpoint');
  });
});

describe('connect, when something goes wrong', () => {
  it('writes nothing over what somebody else has changed in the meantime, and says what', async () => {
    await connect(http(), { env: given });
    const { code, message } = await connect(http({ url: 'https://moved.example' }), {
      env: given,
      flags: {},
      answer: () => {
        Object.assign(targets().Http ?? {}, {
          Endpoint: 'https://theirs.example/webhooks/products?code=hidden',
        });
        server.marketplace.productSync = { ...server.marketplace.productSync, Paused: true };
        return 'yes';
      },
    });
    expect(code).toBe(1);
    expect(message).toContain('Somebody else has changed it meanwhile; nothing was written.');
    expect(message).toContain(
      `DeliveryTargets.Http.Endpoint  ${URL} → https://theirs.example/webhooks/products?********`,
    );
    expect(message).toMatch(/~ Paused +false → true/);
    expect(targets().Http?.Endpoint).toContain('theirs.example');
  });

  it('does not overwrite a configuration that somebody else creates at the same moment', async () => {
    const theirs = { ID: 'product-sync', Name: 'Theirs', Enabled: true, DeliveryTargets: {} };
    server.onRequest = ({ method }) => {
      if (method === 'POST') server.marketplace.deliveryConfigs.set('product-sync', theirs);
    };
    const { code, message } = await connect(http(), { env: given });
    expect(code).toBe(1);
    expect(message).toMatch(/409 IdExists.*Nothing was changed\.$/);
    expect(server.marketplace.deliveryConfigs.get('product-sync')).toBe(theirs);
  });

  it('says exactly what is saved and what is not when the second half fails', async () => {
    server.faults.next({ status: 400, errorCode: 'Bad', message: 'No.' }, { method: 'PUT' });
    const { code, message } = await connect(http(), { env: given });
    expect(code).toBe(1);
    expect(message).toContain(
      'The delivery configuration "product-sync" was saved. The configuration of product synchronization was not touched.',
    );
    const again = await connect(http());
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('Delivery configuration "product-sync": as it should be');
    expect(server.marketplace.productSync).toMatchObject({ DeliveryConfigID: 'product-sync' });
  });

  it('says that it does not know when the connection dies during the write', async () => {
    server.faults.next('hang up', { method: 'POST', path: /deliveryconfig/ });
    const { message } = await connect(http(), { env: given });
    expect(message).toMatch(/It is not known whether the delivery configuration "product-sync" was changed/);
  });

  it('stops between the halves on Ctrl-C, and says so', async () => {
    const interrupt = new AbortController();
    server.onRequest = ({ method, path }) => {
      if (method === 'POST' && path.includes('deliveryconfig')) {
        server.onRequest = () => {};
        const aborted = new Promise<void>((resolve) => {
          interrupt.signal.addEventListener('abort', () => resolve());
        });
        setImmediate(() => interrupt.abort());
        return aborted;
      }
    };
    const { code, message } = await connect(http(), { env: given, interrupt });
    expect(code).toBe(130);
    expect(message).toMatch(/^Interrupted\. .*product synchronization was not touched/);
    expect(server.marketplace.productSync).toBeNull();
  });

  it('says that nothing was changed on Ctrl-C before the first write', async () => {
    const interrupt = new AbortController();
    const { code, message } = await connect(http(), {
      env: given,
      flags: {},
      interrupt,
      answer: () => {
        interrupt.abort();
        return 'yes';
      },
    });
    expect([code, message, writes()]).toEqual([130, 'Interrupted. Nothing was changed.', []]);
  });

  it('tells when OrderCloud dropped something that was there', async () => {
    feedSearch();
    const drop = ({ method }: { method: string }) => {
      const config = server.marketplace.deliveryConfigs.get('search');
      if (method === 'PATCH')
        server.marketplace.deliveryConfigs.set('search', { ...config, DeliveryTargets: {} });
    };
    server.onRequest = drop;
    const { code, message } = await connect(http(), { env: given });
    expect(code).toBe(1);
    expect(message).toContain('DeliveryTargets.SearchIngestion.Entity (should be "product")');
  });

  it('names the role that is missing', async () => {
    const limited = await startOrderCloud({ roles: ['ProductSyncConfigAdmin'] });
    onTestFinished(() => limited.close());
    const { code, message } = await connect(http(), { env: { ...given, ...limited.env } });
    expect(code).toBe(1);
    expect(message).toContain('DeliveryConfigAdmin');
  });
});
