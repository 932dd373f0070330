import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { brief, propertiesOf, readSnapshot, type Snapshot, VARIANTS } from './snapshot.ts';

/** What the Functions host and its libraries read, and not the app's own code. */
const PLATFORM_SETTINGS = [
  'AZURE_CLIENT_ID',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'AzureFunctionsJobHost__extensions__http__maxConcurrentRequests',
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__credential',
  'EventHubConnection__clientId',
  'EventHubConnection__credential',
  'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT',
];

// https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations
const REFUSED_BY_FLEX_CONSUMPTION =
  /^(ENABLE_ORYX_BUILD|FUNCTIONS_EXTENSION_VERSION|FUNCTIONS_WORKER_|FUNCTIONS_MAX_HTTP|SCM_DO_BUILD|WEBSITE_)/;

const plain = await readSnapshot('default');
const full = await readSnapshot('everything');
const host = JSON.parse(await readFile('host.json', 'utf8'));
const sample = JSON.parse(await readFile('local.settings.sample.json', 'utf8')).Values as Record<
  string,
  string
>;

/** What a deployed app finds in its environment. Expressions stay as they are. */
function deployed(snapshot: Snapshot): Record<string, string> {
  return propertiesOf(snapshot, 'Microsoft.Web/sites/config') as Record<string, string>;
}

/** Names that neither the app nor the platform knows, or that the plan refuses. */
function unknown(settings: Record<string, string>): string[] {
  const known = [...Object.keys(sample), ...PLATFORM_SETTINGS];
  return Object.keys(settings).filter(
    (name) => !known.includes(name) || REFUSED_BY_FLEX_CONSUMPTION.test(name),
  );
}

describe('the settings that are deployed', () => {
  it.each(VARIANTS)('are known to the app or the host, every one (%s)', async (variant) => {
    expect(unknown(deployed(await readSnapshot(variant)))).toEqual([]);
  });

  it('are refused where the app does not know one, or the plan refuses it', () => {
    expect(unknown({ ...deployed(plain), COSMOS_DB: 'x' })).toEqual(['COSMOS_DB']);
    const worker = { FUNCTIONS_WORKER_RUNTIME: 'node' };
    expect(unknown({ ...deployed(plain), ...worker })).toEqual(['FUNCTIONS_WORKER_RUNTIME']);
  });

  it('are each what their name says', () => {
    const settings = deployed(plain);
    expect(Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, brief(value)]))).toEqual(
      {
        AZURE_CLIENT_ID: '[id-n4zvq6gnbyjto.clientId]',
        COSMOS_ENDPOINT: '[cosmos-n4zvq6gnbyjto.documentEndpoint]',
        COSMOS_DATABASE: 'catalog',
        COSMOS_PRODUCTS_CONTAINER: 'products',
        COSMOS_DEAD_LETTERS_CONTAINER: 'dead-letters',
        ORDERCLOUD_WEBHOOK_SECRETS:
          "[format('@Microsoft.KeyVault(SecretUri={0})', format('{0}secrets/{1}', kv-n4zvq6gnbyjto.vaultUri, 'ordercloud-webhook-secrets'))]",
        ORDERCLOUD_MARKETPLACE_ID: '',
        ORDERCLOUD_API_URL: '',
        EventHubConnection__fullyQualifiedNamespace: 'evhns-n4zvq6gnbyjto.servicebus.windows.net',
        EventHubConnection__credential: 'managedidentity',
        EventHubConnection__clientId: '[id-n4zvq6gnbyjto.clientId]',
        EVENT_HUB_NAME: 'products',
        EVENT_HUB_CONSUMER_GROUP: 'product-sync',
        AzureWebJobsStorage__blobServiceUri: '[stn4zvq6gnbyjto.primaryEndpoints.blob]',
        AzureWebJobsStorage__credential: 'managedidentity',
        AzureWebJobsStorage__clientId: '[id-n4zvq6gnbyjto.clientId]',
        APPLICATIONINSIGHTS_CONNECTION_STRING: '[appi-n4zvq6gnbyjto.ConnectionString]',
        FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '2162688',
        AzureFunctionsJobHost__extensions__http__maxConcurrentRequests: '16',
      },
    );
  });

  it('have what the parameters ask for: Kafka, an account, a consumer group, sampled traces, others of the app', () => {
    const settings = deployed(full);
    expect(settings).toMatchObject({
      KAFKA_BROKERS: 'broker-1.roastery.example:9093,broker-2.roastery.example:9093',
      KAFKA_TOPIC: 'products',
      KAFKA_CONSUMER_GROUP: 'product-sync',
      KAFKA_USERNAME: 'product-sync',
      ORDERCLOUD_MARKETPLACE_ID: 'roastery',
      EVENT_HUB_CONSUMER_GROUP: 'product-sync-2',
      WRITE_CONCURRENCY: '32',
      ORDERCLOUD_API_URL: 'https://api.ordercloud.io',
      MAX_OFFERS_IN_FLIGHT: '50',
    });
    expect(brief(settings.COSMOS_ENDPOINT)).toBe('[cosmos-roastery-2.documentEndpoint]');
    expect(brief(settings.KAFKA_PASSWORD)).toBe(
      "[format('@Microsoft.KeyVault(SecretUri={0})', format('{0}secrets/kafka-password', kv-n4zvq6gnbyjto.vaultUri))]",
    );
    expect(settings).toMatchObject({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' });
    expect(deployed(plain)).not.toHaveProperty('OTEL_TRACES_SAMPLER');
    expect(Object.keys(deployed(plain)).filter((name) => name.startsWith('KAFKA'))).toEqual([]);
  });

  it('are complete: the app starts with them, by identity, with a secret, a hub and a topic', () => {
    // What the platform resolves: references to Key Vault, and what only the deployed resources know.
    const resolved = {
      COSMOS_ENDPOINT: 'https://a.documents.azure.com:443/',
      ORDERCLOUD_WEBHOOK_SECRETS: 'x'.repeat(24),
      KAFKA_PASSWORD: 'x',
      APPLICATIONINSIGHTS_CONNECTION_STRING: '',
    };
    const settings = { ...deployed(full), ...resolved };
    expect(readConfig(settings)).toMatchObject({
      app: { cosmos: { access: { key: undefined }, database: 'catalog' } },
      webhookSecrets: [resolved.ORDERCLOUD_WEBHOOK_SECRETS],
      eventHub: { hub: 'products', consumerGroup: 'product-sync-2' },
      kafka: { consumerGroup: 'product-sync', hasUser: true },
      problems: [],
      warnings: [],
    });
    expect(Object.keys(settings)).toEqual(expect.arrayContaining(PLATFORM_SETTINGS));
  });

  it.each([plain, full])(
    'hold no key: secrets are references to Key Vault, all else is names and addresses (%#)',
    (snapshot) => {
      const settings = deployed(snapshot);
      for (const name of [
        'COSMOS_KEY',
        'COSMOS_CONNECTION_STRING',
        'EventHubConnection',
        'AzureWebJobsStorage',
      ]) {
        expect(settings).not.toHaveProperty(name);
      }
      for (const [name, value] of Object.entries(settings)) {
        if (/SECRET|PASSWORD/.test(name))
          expect(value, name).toContain("'@Microsoft.KeyVault(SecretUri={0})'");
        expect(value, name).not.toMatch(/listKeys|AccountKey|SharedAccessKey|made-up/);
      }
      expect(propertiesOf(snapshot, 'Microsoft.Web/sites').keyVaultReferenceIdentity).toMatch(
        /\/id-n4zvq6gnbyjto$/,
      );
    },
  );
});

describe('the pages that may call the app', () => {
  const origins = (snapshot: Snapshot) => {
    const { siteConfig } = propertiesOf(snapshot, 'Microsoft.Web/sites') as { siteConfig: { cors: object } };
    return siteConfig.cors;
  };

  it('are those of the origins that a parameter names, and none without it', () => {
    expect(origins(plain)).toEqual({ allowedOrigins: [] });
    const shops = ['https://shop.roastery.example', 'https://b2b.roastery.example'];
    expect(origins(full)).toEqual({ allowedOrigins: shops });
  });
});

describe('what an instance takes at once', () => {
  const scale = (snapshot: Snapshot) => {
    const { functionAppConfig } = propertiesOf(snapshot, 'Microsoft.Web/sites') as {
      functionAppConfig: { scaleAndConcurrency: Record<string, unknown>; runtime: unknown };
    };
    return functionAppConfig.scaleAndConcurrency;
  };

  it('follows its memory, at the plan, at the host, and in host.json for the default', () => {
    expect(scale(plain)).toMatchObject({
      instanceMemoryMB: 2048,
      triggers: { http: { perInstanceConcurrency: 16 } },
    });
    expect(scale(full)).toMatchObject({
      instanceMemoryMB: 4096,
      triggers: { http: { perInstanceConcurrency: 32 } },
    });
    expect(deployed(full).AzureFunctionsJobHost__extensions__http__maxConcurrentRequests).toBe('32');
    expect(host.extensions.http).toMatchObject({ maxConcurrentRequests: 16, maxOutstandingRequests: 100 });
  });

  it('is bodies a little above what the app takes, so that the app says what is wrong with them', () => {
    const room = 64 * 1024;
    expect(Number(deployed(plain).FUNCTIONS_REQUEST_BODY_SIZE_LIMIT)).toBe(
      Number(sample.MAX_BODY_BYTES) + room,
    );
    expect(Number(deployed(full).FUNCTIONS_REQUEST_BODY_SIZE_LIMIT)).toBe(
      Number(deployed(full).MAX_BODY_BYTES) + room,
    );
  });
});

describe('main.parameters.json', async () => {
  const template = await readFile('infra/main.bicep', 'utf8');
  const { parameters } = JSON.parse(await readFile('infra/main.parameters.json', 'utf8'));
  const declared = [...template.matchAll(/^param (\w+) \w+( =)?/gm)].map(([, name = '', hasDefault]) => ({
    name,
    isRequired: hasDefault === undefined,
  }));
  const names = declared.map(({ name }) => name);
  const required = declared.filter(({ isRequired }) => isRequired).map(({ name }) => name);

  describe('the parameters that azd gives', () => {
    it('are known to the template, and all that it requires', () => {
      expect(required).toEqual(['environmentName', 'location', 'webhookSecrets']);
      expect(Object.keys(parameters)).toEqual(expect.arrayContaining(required));
      expect(names).toEqual(expect.arrayContaining(Object.keys(parameters)));
    });

    it('are secure where they are secret', () => {
      for (const name of names.filter((parameter) => /secrets?$|password$/i.test(parameter))) {
        expect(template, name).toMatch(new RegExp(`@secure\\(\\)\\n(?:@.*\\n)*param ${name} `));
      }
    });
  });

  describe('the variant with everything', () => {
    it('sets every parameter, so that its snapshot shows what each does', async () => {
      const variant = await readFile('infra/variants/everything.bicepparam', 'utf8');
      expect([...variant.matchAll(/^param (\w+) =/gm)].map(([, name]) => name)).toEqual(names);
    });
  });
});
