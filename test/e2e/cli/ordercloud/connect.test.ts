import { describe, expect, it } from 'vitest';
import type { Model } from '../../../support/ordercloud/marketplace.ts';
import {
  connect,
  eventHub,
  given,
  http,
  KEY,
  kafka,
  OTHER_URL,
  SECRET,
  SEND_ONLY,
  server,
  targets,
  URL,
  writes,
} from './connect-runs.ts';

/** The app's settings. */
const KAFKA = {
  KAFKA_BROKERS: 'k:9093',
  KAFKA_TOPIC: 'shop',
  KAFKA_USERNAME: 'oc',
  KAFKA_PASSWORD: 'kafka-password-of-the-tests',
};

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
    expect([stdout, writes()]).toEqual([expect.stringContaining('Nothing to change.'), []]);
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
    expect(questions).toEqual(['The connection string with the right to send, and no other (not shown): ']);
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
    const { code, all } = await connect(kafka({ topic: 'other' }), { env: KAFKA });
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
    ['of another user', { username: 'other' }, {}],
    ['for other brokers', { bootstrapServers: 'other:9093' }, {}],
    ['that is the connection string with which the app listens', {}, { KAFKA_USERNAME: '$ConnectionString' }],
  ])('does not give OrderCloud a password %s', async (_, flags, settings) => {
    const { code, message } = await connect(kafka(flags), { env: { ...KAFKA, ...settings } });
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
