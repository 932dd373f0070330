import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../../../cli/common/command-error.ts';
import { eventHubTarget } from '../../../../cli/connect/event-hub-target.ts';
import { httpTarget } from '../../../../cli/connect/http-target.ts';
import { kafkaTarget } from '../../../../cli/connect/kafka-target.ts';

import { type ConnectFlags, runConnect, type TargetSource } from '../../../../cli/connect/run.ts';
import { checkedMessage } from '../../../support/leaks/check.ts';

import { type Options, surroundings } from '../../../support/ordercloud/command.ts';
import type { Model } from '../../../support/ordercloud/marketplace.ts';
import { type OrderCloudServer, startOrderCloud } from '../../../support/ordercloud/server.ts';

const URL = 'https://app.example/api/webhooks/products';
const OTHER_URL = 'https://other.example/roast/webhooks/products';
const SECRET = 'the-secret-that-nobody-may-see';
const KEY = 'the-key-that-nobody-may-see';
const SEND_ONLY =
  'Endpoint=sb://ns.example/;SharedAccessKeyName=send;SharedAccessKey=the-send-key-nobody-may-see';

const http = (flags: object = {}): TargetSource => ({
  name: 'Http',
  target: httpTarget.bind(null, { url: URL, functionKey: true, ...flags }),
});
const eventHub = (flags = {}): TargetSource => ({
  name: 'EventHub',
  target: eventHubTarget.bind(null, flags),
});
const kafka = (flags = {}): TargetSource => ({ name: 'Kafka', target: kafkaTarget.bind(null, flags) });

let server: OrderCloudServer;

beforeEach(async () => {
  server = await startOrderCloud();
});

afterEach(() => server.close());

type Run = Partial<Options> & { flags?: ConnectFlags };

async function connect(transport: TargetSource, { flags = { yes: true }, env = {}, ...rest }: Run = {}) {
  const { at, written, questions } = surroundings({ ...rest, env: { ...server.env, ...env } });
  const ended = await runConnect(transport, flags, at).catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    return { code: error.exitCode, message: checkedMessage(error) };
  });
  const result = typeof ended === 'number' ? { code: ended, message: '' } : ended;
  return { ...result, ...written, questions, all: JSON.stringify([result, written, questions]) };
}

const given = { FUNCTIONS_KEY: KEY, ORDERCLOUD_WEBHOOK_SECRETS: `former-roast-secret,${SECRET}` };
const targets = (id = 'product-sync') =>
  server.marketplace.deliveryConfigs.get(id)?.DeliveryTargets as Record<string, Model>;
const writes = () => server.requests.filter(({ method }) => method !== 'GET');

const SEARCH = {
  Domain: 'd1',
  Source: 's1',
  Endpoint: 'https://search.example/ingest?key=hidden',
  Entity: 'product',
  ApiKey: 'key-of-sitecore-search',
  Later: { than: 'this program' },
};

/** A marketplace that feeds Sitecore Search, with properties that this program has never heard of. */
function feedSearch() {
  const config = {
    ID: 'search',
    Name: 'Search',
    Enabled: true,
    Region: 'west',
    DeliveryTargets: { SearchIngestion: SEARCH },
  };
  server.marketplace.deliveryConfigs.set('search', config);
  server.marketplace.productSync = {
    SyncProductChanged: true,
    SyncProductDeleted: false,
    DeliveryConfigID: 'search',
    Paused: true,
    ExcludePriceSchedules: true,
    ConfigData: { kept: true },
    Since: 2026,
  };
}

describe('connect, where there is nothing yet', () => {
  it('creates the delivery configuration and the product synchronization', async () => {
    const { code, stdout } = await connect(http(), { env: given });
    expect(code).toBe(0);
    expect(server.marketplace.deliveryConfigs.get('product-sync')).toEqual({
      ID: 'product-sync',
      Name: 'Product sync',
      Enabled: true,
      DeliveryTargets: {
        Http: {
          Endpoint: URL,
          Secret: SECRET,
          CustomAuthHeaderName: 'x-functions-key',
          CustomAuthHeaderValue: KEY,
        },
      },
    });
    expect(server.marketplace.productSync).toMatchObject({
      SyncProductChanged: true,
      SyncProductDeleted: true,
      DeliveryConfigID: 'product-sync',
      ExcludePriceSchedules: false,
      Paused: false,
    });
    expect(stdout).toContain('Done.');
  });

  it('shows no secret that it was given, with or without --json', async () => {
    for (const flags of [{ yes: true }, { yes: true, json: true }, { dryRun: true }] as const) {
      const { all } = await connect(http(), { env: given, flags });
      expect(all).toContain('********');
      for (const secret of [SECRET, KEY, server.env.ORDERCLOUD_CLIENT_SECRET ?? '']) {
        expect(all).not.toContain(secret);
      }
    }
  });

  it('makes a secret that OrderCloud takes, and shows it once, before it asks', async () => {
    const shown: string[] = [];
    const { stdout } = await connect(http(), {
      env: { FUNCTIONS_KEY: KEY },
      flags: {},
      answer: () => {
        shown.push(String(writes().length));
        return 'yes';
      },
    });
    const secret = String(targets().Http?.Secret);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(stdout.split(secret)).toHaveLength(2);
    expect(shown).toEqual(['0']);
  });

  it('changes nothing on no, and ends with 1', async () => {
    const { code, stderr, questions } = await connect(http(), { env: given, flags: {}, answer: 'no' });
    expect([code, stderr, writes()]).toEqual([1, 'Nothing was changed.\n', []]);
    expect(questions).toEqual([`Change this in ${server.url}?`]);
  });

  it('changes nothing on Ctrl-C at the question, and ends with 130', async () => {
    const { code } = await connect(http(), { env: given, flags: {}, answer: 'interrupted' });
    expect([code, writes()]).toEqual([130, []]);
  });

  it('names --yes where there is no terminal, before it talks to OrderCloud', async () => {
    const { code, message } = await connect(http(), { env: given, flags: {} });
    expect(code).toBe(2);
    expect(message).toContain('--yes');
    expect(server.tokens.issued).toBe(0);
  });

  it('changes nothing in a dry run, and asks for nothing', async () => {
    const { code, stdout, questions } = await connect(http(), { flags: { dryRun: true } });
    expect([code, writes(), questions]).toEqual([0, [], []]);
    expect(stdout).toContain('A dry run: nothing was changed.');
    expect(stdout).toContain('(to be asked for)');
    expect(stdout).not.toContain('ORDERCLOUD_WEBHOOK_SECRETS=');
  });

  it('names FUNCTIONS_KEY where there is neither a key nor a terminal', async () => {
    const { code, message } = await connect(http(), { env: { ORDERCLOUD_WEBHOOK_SECRETS: SECRET } });
    expect(code).toBe(2);
    expect(message).toMatch(/^FUNCTIONS_KEY .*--no-function-key/);
  });

  it('says before it asks that OrderCloud takes no key as long as those that Azure makes', async () => {
    const env = { ...given, FUNCTIONS_KEY: 'functions-key-of-the-tests'.padEnd(56, '-') };
    const { stdout, message } = await connect(http(), { env });
    expect(stdout).toContain('The function key has 56 characters, and OrderCloud takes 50.');
    expect(message).toMatch(/CustomAuthHeaderValue.*Nothing was changed\.$/);
    expect(server.marketplace.productSync).toBeNull();
  });

  it.each([
    ['the app alone', 'https://app.example', URL],
    ['a webhook with a slash at its end', `${URL}/`, URL],
    ['a webhook of its own', `${OTHER_URL}?code=abc`, `${OTHER_URL}?code=abc`],
  ])('takes the address of %s', async (_, url, endpoint) => {
    await connect(http({ url, functionKey: false }), { env: given });
    expect(targets().Http?.Endpoint).toBe(endpoint);
  });

  it.each([
    'http://app.example/',
    'app.example',
    'ftp://app.example',
    'https://app.example/api',
    'https://app.example/api/webhooks',
    `${URL}/more`,
  ])('refuses the address %s', async (url) => {
    expect((await connect(http({ url }), { env: given })).code).toBe(2);
  });

  it.each([' ', '"', '\n', '\uFEFF'])(
    'warns about %j at the end of a secret, and shows none',
    async (odd) => {
      const env = { FUNCTIONS_KEY: `${KEY}${odd}`, ORDERCLOUD_WEBHOOK_SECRETS: `${SECRET}${odd}` };
      const { stdout } = await connect(http(), { env, flags: { dryRun: true } });
      expect(stdout).toMatch(/! ORDERCLOUD_WEBHOOK_SECRETS (begins or ends with|holds)/);
      expect(stdout).toMatch(/! FUNCTIONS_KEY (begins or ends with|holds)/);
      expect(stdout).not.toContain('nobody-may-see');
    },
  );

  it('gives OrderCloud no secret that anybody can guess', async () => {
    for (const secret of ['@Microsoft.KeyVault(SecretUri=https://vault.example)', ' ']) {
      const { code, all } = await connect(http(), { env: { ...given, ORDERCLOUD_WEBHOOK_SECRETS: secret } });
      expect(code).toBe(2);
      expect(all).toMatch(/ORDERCLOUD_WEBHOOK_SECRETS /);
    }
    expect(writes()).toEqual([]);
  });

  it('takes an address with a slash at its end for the same target', async () => {
    await connect(http(), { env: given });
    const config = server.marketplace.deliveryConfigs.get('product-sync') as Model;
    config.DeliveryTargets = { Http: { ...targets().Http, Endpoint: `${URL}/` } };
    server.requests.length = 0;
    const { stdout } = await connect(http());
    expect([stdout, writes()]).toEqual([expect.stringContaining('Nothing is to be changed.'), []]);
  });

  it('connects by Event Hubs with the hub of the connection string', async () => {
    const env = { ORDERCLOUD_EVENT_HUB_CONNECTION_STRING: `${SEND_ONLY};EntityPath=shop` };
    const { code, all } = await connect(eventHub(), { env });
    expect(code).toBe(0);
    expect(targets().EventHub).toEqual({
      EventHubName: 'shop',
      ConnectionString: `${SEND_ONLY};EntityPath=shop`,
    });
    expect(all).not.toContain('the-send-key');
  });

  it('asks for what is secret at a terminal, and warns of a connection string that may do everything', async () => {
    const typed = SEND_ONLY.replace('=send;', '=RootManageSharedAccessKey;');
    const { stdout, questions } = await connect(eventHub({ hub: 'shop' }), { typed });
    expect(questions).toEqual(['Connection string with the right to send, and no other (not shown): ']);
    expect(stdout).toContain('Better one of a rule that may only send.');
    expect(targets().EventHub?.ConnectionString).toBe(typed);
  });

  it('refuses a connection string that is none, without repeating it', async () => {
    const { code, all } = await connect(eventHub(), {
      env: { ORDERCLOUD_EVENT_HUB_CONNECTION_STRING: 'nonsense-of-a-secret' },
    });
    expect(code).toBe(2);
    expect(all).not.toContain('nonsense-of-a-secret');
  });

  it("connects by Kafka with the app's settings for what is not given", async () => {
    const env = {
      KAFKA_BROKERS: 'k:9093',
      KAFKA_TOPIC: 'shop',
      KAFKA_USERNAME: 'oc',
      KAFKA_PASSWORD: 'kafka-password-of-the-tests',
    };
    const { code, all } = await connect(kafka({ topic: 'other' }), { env });
    expect(code).toBe(0);
    expect(targets().Kafka).toEqual({
      BootstrapServers: 'k:9093',
      Topic: 'other',
      SaslUsername: 'oc',
      SaslPassword: 'kafka-password-of-the-tests',
    });
    expect(all).not.toContain('kafka-password-of-the-tests');
  });

  it.each([
    ['of another user', { username: 'oc' }, {}],
    ['for other brokers', { bootstrapServers: 'other:9093' }, {}],
    ['that is the connection string with which the app listens', {}, { KAFKA_USERNAME: '$ConnectionString' }],
  ])('does not give OrderCloud a password %s', async (_, flags, settings) => {
    const env = {
      KAFKA_BROKERS: 'k:9093',
      KAFKA_TOPIC: 'shop',
      KAFKA_USERNAME: 'app',
      KAFKA_PASSWORD: 'kafka-password-of-the-tests',
    };
    const { code, message } = await connect(kafka(flags), { env: { ...env, ...settings } });
    expect([code, message.split(' ')[0]]).toEqual([2, 'ORDERCLOUD_KAFKA_PASSWORD']);
  });

  it('adds Sitecore Search as a further target, and names what is missing for it', async () => {
    const missing = await connect(http(), {
      env: given,
      flags: { yes: true, searchIngestion: true, searchDomain: 'd' },
    });
    expect(missing.message).toContain('--search-source, --search-endpoint, --search-entity');
    const flags = {
      yes: true,
      searchIngestion: true,
      searchDomain: 'd',
      searchSource: 's',
      searchEndpoint: 'https://search.example/',
      searchEntity: 'product',
    } as const;
    await connect(http(), { env: { ...given, SITECORE_SEARCH_API_KEY: 'key-of-sitecore-search' }, flags });
    expect(Object.keys(targets())).toEqual(['Http', 'SearchIngestion']);
    expect(targets().SearchIngestion?.ApiKey).toBe('key-of-sitecore-search');
  });
});

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
      flags: { yes: true, name: 'Shop', excludePriceSchedules: true },
    });
    expect(code).toBe(0);
    expect(writes().map(({ method, body }) => [method, body])).toEqual([
      ['PATCH', { Name: 'Shop' }],
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
    expect(stdout).toContain('the secret of the former is not kept');
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
    expect((await connect(eventHub())).stdout).toContain('Nothing is to be changed.');
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
    expect((await connect(kafka(settings))).stdout).toContain('Nothing is to be changed.');
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
      /Http \(Endpoint https:\/\/theirs\.example\/webhooks\/products\?…\)\. Nothing .*--replace/,
    );
    const asked = await connect(http(), { env: given, flags: {}, answer: 'no' });
    expect(asked.stdout).toContain(
      'Http (Endpoint https://theirs.example/webhooks/products?…) gets no messages any more',
    );
    expect(targets()).toEqual(theirs);
    expect((await connect(http(), { env: given, flags: { yes: true, replace: true } })).code).toBe(0);
  });

  it('says a second time that nothing is to be changed, and writes nothing', async () => {
    await connect(http(), { env: given });
    server.requests.length = 0;
    const { code, stdout } = await connect(http());
    expect([code, writes()]).toEqual([0, []]);
    expect(stdout).toContain('Nothing is to be changed.');
  });

  it('replaces the secret when a new one is asked for', async () => {
    await connect(http(), { env: given });
    const { stdout } = await connect(http({ newSecret: true }), { env: given });
    const secret = String(targets().Http?.Secret);
    expect(secret).not.toBe(SECRET);
    expect(stdout).toContain(`ORDERCLOUD_WEBHOOK_SECRETS=${secret}`);
    expect(stdout).toContain('OLD,NEW');
  });

  it('says who gets no messages any more when --id names another configuration', async () => {
    feedSearch();
    const { stdout } = await connect(http(), { env: given, flags: { yes: true, id: 'app' } });
    expect(stdout).toContain('~ DeliveryConfigID    "search" → "app"');
    expect(stdout).toMatch(/go by "search" now, and then no longer: SearchIngestion there will get none/);
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
    expect(message).toContain('Somebody else has changed it in the meantime; nothing was written.');
    expect(message).toContain(
      `DeliveryTargets.Http.Endpoint  ${URL} → https://theirs.example/webhooks/products?…`,
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
      'The delivery configuration "product-sync" was saved, but the configuration of product synchronization was not.',
    );
    const again = await connect(http());
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('Delivery configuration "product-sync": as it should be');
    expect(server.marketplace.productSync).toMatchObject({ DeliveryConfigID: 'product-sync' });
  });

  it('says that it does not know when the connection dies during the write', async () => {
    server.faults.next('hang up', { method: 'POST', path: /deliveryconfig/ });
    const { message } = await connect(http(), { env: given });
    expect(message).toMatch(/It is not known whether the delivery configuration "product-sync" was saved/);
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
    await server.close();
    server = await startOrderCloud({ roles: ['ProductSyncConfigAdmin'] });
    const { code, message } = await connect(http(), { env: given });
    expect(code).toBe(1);
    expect(message).toContain('DeliveryConfigAdmin');
  });
});
