import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { eventHubSettings } from '../../../src/settings/event-hub-settings.ts';
import { readTelemetrySettings } from '../../../src/telemetry/telemetry-settings.ts';
import { at, Expression, parseBicep, type Value } from '../../support/bicep.ts';
import { broken, readTemplate, type Template } from './template-files.ts';

/** What the Functions host and its libraries read, and not the app's own code. */
const PLATFORM_SETTINGS = [
  'AZURE_CLIENT_ID',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__credential',
  'EventHubConnection__clientId',
  'EventHubConnection__credential',
  'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT',
  'AzureFunctionsJobHost__extensions__http__maxConcurrentRequests',
];

// https://learn.microsoft.com/azure/azure-functions/functions-app-settings#flex-consumption-plan-deprecations
const REFUSED_BY_FLEX_CONSUMPTION =
  /^(ENABLE_ORYX_BUILD|FUNCTIONS_EXTENSION_VERSION|FUNCTIONS_WORKER_|FUNCTIONS_MAX_HTTP|SCM_DO_BUILD|WEBSITE_)/;

const template = await readTemplate();
const sample = JSON.parse(await readFile('local.settings.sample.json', 'utf8')).Values as Record<
  string,
  string
>;

/** What a deployed app would find in its environment; `value(NAME)` where only a deployment knows. */
async function deployedSettings(files: Template): Promise<Record<string, string>> {
  const { variables } = await parseBicep(files['modules/function-app.bicep'] ?? '');
  const { hostSettings, appSettings, kafkaSettings, traceSettings } = variables;
  const groups = [hostSettings, appSettings, kafkaSettings, traceSettings];
  return Object.fromEntries(
    groups
      .flatMap((group) => Object.entries((group ?? {}) as Record<string, Value>))
      .map(([name, value]) => [name, value instanceof Expression ? `value(${name})` : String(value)]),
  );
}

function unknownSettings(settings: Record<string, string>): string[] {
  const known = [...Object.keys(sample), ...PLATFORM_SETTINGS];
  return Object.keys(settings).filter(
    (name) => !known.includes(name) || REFUSED_BY_FLEX_CONSUMPTION.test(name),
  );
}

// Settings of the app, and where main.bicep has their values from; then outputs of modules, and names they are given.
const WIRING = {
  AZURE_CLIENT_ID: 'identity.outputs.clientId',
  COSMOS_ENDPOINT: 'cosmos.outputs.endpoint',
  COSMOS_DATABASE: 'cosmos.outputs.databaseName',
  COSMOS_PRODUCTS_CONTAINER: 'cosmos.outputs.productsContainer',
  COSMOS_DEAD_LETTERS_CONTAINER: 'cosmos.outputs.deadLettersContainer',
  ORDERCLOUD_WEBHOOK_SECRETS: '@Microsoft.KeyVault(SecretUri=keyVault.outputs.webhookSecretsUri)',
  ORDERCLOUD_MARKETPLACE_ID: 'marketplaceId',
  EventHubConnection__fullyQualifiedNamespace: 'eventHubs.outputs.host',
  EventHubConnection__credential: 'managedidentity',
  EventHubConnection__clientId: 'identity.outputs.clientId',
  EVENT_HUB_NAME: 'eventHubs.outputs.hubName',
  EVENT_HUB_CONSUMER_GROUP: 'eventHubs.outputs.consumerGroup',
  KAFKA_BROKERS: 'kafkaBrokers',
  KAFKA_TOPIC: 'kafkaTopic',
  KAFKA_CONSUMER_GROUP: 'kafkaConsumerGroup',
  KAFKA_USERNAME: 'kafkaUsername',
  KAFKA_PASSWORD:
    'empty(keyVault.outputs.kafkaPasswordUri) ?  : @Microsoft.KeyVault(SecretUri=keyVault.outputs.kafkaPasswordUri)',
  AzureWebJobsStorage__blobServiceUri: 'storage.outputs.blobEndpoint',
  AzureWebJobsStorage__credential: 'managedidentity',
  AzureWebJobsStorage__clientId: 'identity.outputs.clientId',
  APPLICATIONINSIGHTS_CONNECTION_STRING: 'monitoring.outputs.connectionString',
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: 'string(requestBodyLimit)',
  AzureFunctionsJobHost__extensions__http__maxConcurrentRequests: 'string(requestsAtOnce)',
  OTEL_TRACES_SAMPLER: 'traceidratio',
  OTEL_TRACES_SAMPLER_ARG: 'traceRatio',
  'identity.outputs.clientId': 'identity.properties.clientId',
  'cosmos.outputs.endpoint': 'account.properties.documentEndpoint',
  'cosmos.outputs.databaseName': 'database.name',
  'cosmos.outputs.productsContainer': 'container[0].name',
  'cosmos.outputs.deadLettersContainer': 'container[1].name',
  'keyVault.outputs.webhookSecretsUri': 'vault.properties.vaultUrisecrets/webhookSecret.name',
  'keyVault.outputs.kafkaPasswordUri':
    'hasKafkaPassword ? vault.properties.vaultUrisecrets/kafka-password : ',
  'eventHubs.outputs.host': 'namespace.name.servicebus.windows.net',
  'eventHubs.outputs.hubName': 'hub.name',
  'eventHubs.outputs.consumerGroup': 'consumerGroup.name',
  'storage.outputs.blobEndpoint': 'account.properties.primaryEndpoints.blob',
  'monitoring.outputs.connectionString': 'applicationInsights.properties.ConnectionString',
  'name of the account': 'empty(cosmosAccountName) ? cosmos-token : cosmosAccountName',
  'name of the consumer group': 'eventHubConsumerGroup',
  'secrets in the vault': 'checkedSecrets, kafkaPassword',
};

/** What `WIRING` is about, as the template has it. */
async function wiring(files: Template): Promise<Record<string, string>> {
  const main = await parseBicep(files['main.bicep'] ?? '');
  const app = await parseBicep(files['modules/function-app.bicep'] ?? '');
  const given = (symbol: string) => main.modules.find((module) => module.symbol === symbol)?.params ?? null;
  const { hostSettings, appSettings, kafkaSettings, traceSettings } = app.variables;
  const settings = [appSettings, kafkaSettings, hostSettings, traceSettings].flatMap((group) =>
    Object.entries(group as Record<string, Value>).map(([name, value]) => {
      const passed = source(value).replace(/\b\w+\b/g, (word) => {
        const parameter = value instanceof Expression ? at(given('functionApp'), word) : undefined;
        return parameter === undefined ? word : source(parameter);
      });
      return [name, passed] as const;
    }),
  );
  const outputs = main.usedOutputs.flatMap(({ symbol, output }) => {
    const path = main.modules.find((module) => module.symbol === symbol)?.path ?? '';
    const value = new RegExp(`^output ${output} \\w+ = (.*)$`, 'm').exec(files[path] ?? '')?.[1] ?? 'nothing';
    return [[`${symbol}.outputs.${output}`, source(new Expression(value))] as const];
  });
  const used = settings.map(([, value]) => value).join(' ');
  return Object.fromEntries([
    ...settings,
    ...outputs.filter(([output]) => used.includes(output)),
    ['name of the account', source(at(given('cosmos'), 'name'))],
    ['name of the consumer group', source(at(given('eventHubs'), 'consumerGroupName'))],
    [
      'secrets in the vault',
      `${source(at(given('keyVault'), 'webhookSecrets'))}, ${source(at(given('keyVault'), 'kafkaPassword'))}`,
    ],
  ]);
}

function source(value: Value | undefined): string {
  return value instanceof Expression ? value.text.replace(/['{}$]/g, '') : String(value);
}

describe('the settings that are deployed', () => {
  it('are known to the app or the host, every one', async () => {
    expect(unknownSettings(await deployedSettings(template))).toEqual([]);
  });

  it.each([
    ['COSMOS_DATABASE:', 'COSMOS_DB:', 'COSMOS_DB'],
    ['AZURE_CLIENT_ID:', 'FUNCTIONS_WORKER_RUNTIME:', 'FUNCTIONS_WORKER_RUNTIME'],
  ])('are refused when %s is %s', async (from, to, name) => {
    const other = broken(template, 'modules/function-app.bicep', from, to);
    expect(unknownSettings(await deployedSettings(other))).toEqual([name]);
  });

  it('are complete: the app starts with them, by identity, with a secret and a hub', async () => {
    const deployed = await deployedSettings(template);
    const config = readConfig({ ...deployed, COSMOS_ENDPOINT: 'https://a.documents.azure.com:443/' });
    expect(config).toMatchObject({
      app: { cosmos: { access: { kind: 'identity' }, database: 'value(COSMOS_DATABASE)' } },
      webhookSecrets: ['value(ORDERCLOUD_WEBHOOK_SECRETS)'],
    });
    expect(eventHubSettings(deployed)).toEqual({
      hub: 'value(EVENT_HUB_NAME)',
      consumerGroup: 'value(EVENT_HUB_CONSUMER_GROUP)',
    });
    expect(Object.keys(deployed)).toEqual(expect.arrayContaining(PLATFORM_SETTINGS));
  });

  it('are each what their name says: an output of a module, or a parameter of the template', async () => {
    expect(await wiring(template)).toEqual(WIRING);
  });

  it.each([
    ['main.bicep', 'cosmos.outputs.productsContainer', 'cosmos.outputs.deadLettersContainer'],
    ['main.bicep', 'eventHubs.outputs.consumerGroup', 'eventHubs.outputs.hubName'],
    ['main.bicep', 'webhookSecrets: checkedSecrets', 'webhookSecrets: kafkaPassword'],
    ['main.bicep', 'consumerGroupName: eventHubConsumerGroup', 'consumerGroupName: kafkaConsumerGroup'],
    ['modules/function-app.bicep', 'COSMOS_DATABASE: cosmosDatabase', 'COSMOS_DATABASE: productsContainer'],
    [
      'modules/cosmos.bicep',
      'productsContainer string = container[0]',
      'productsContainer string = container[1]',
    ],
    ['modules/key-vault.bicep', 'secrets/$', 'secret/$'],
  ])('are refused when %s has %s as %s', async (path, from, to) => {
    expect(await wiring(broken(template, path, from, to))).not.toEqual(WIRING);
  });

  it('keep a share of the traces only when one is asked for, whatever the Functions host says of them', async () => {
    const { resources } = await parseBicep(template['modules/function-app.bicep'] ?? '');
    const settings = resources.find(({ symbol }) => symbol === 'settings')?.body ?? null;
    const union = source(at(settings, 'properties')).replace(/\s+/g, ' ');
    expect(union).toContain('empty(traceRatio) ? : traceSettings, furtherAppSettings,');
    const { sampler } = readTelemetrySettings({
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
    }).settings;
    expect(sampler).toEqual({ name: 'traceidratio', argument: 0.1 });
  });

  it('hold no key: secrets are references to Key Vault, all else is names and addresses', async () => {
    const { variables, parameters, resources } = await parseBicep(
      template['modules/function-app.bicep'] ?? '',
    );
    const text = (group: string, name: string) => {
      const value = at(variables[group] ?? null, name);
      return value instanceof Expression ? value.text : value;
    };
    expect(text('appSettings', 'ORDERCLOUD_WEBHOOK_SECRETS')).toMatch(/@Microsoft\.KeyVault\(SecretUri=/);
    expect(text('kafkaSettings', 'KAFKA_PASSWORD')).toMatch(/@Microsoft\.KeyVault\(SecretUri=/);
    expect(parameters.filter(({ isSecure }) => isSecure)).toEqual([]);
    const deployed = await deployedSettings(template);
    for (const name of [
      'COSMOS_KEY',
      'COSMOS_CONNECTION_STRING',
      'EventHubConnection',
      'AzureWebJobsStorage',
    ]) {
      expect(deployed).not.toHaveProperty(name);
    }
    const app = resources.find(({ type }) => type === 'Microsoft.Web/sites')?.body ?? null;
    expect(at(app, 'properties', 'keyVaultReferenceIdentity')).toEqual(new Expression('identityId'));
    expect(at(app, 'properties', 'functionAppConfig', 'runtime')).toEqual({ name: 'node', version: '22' });
  });
});
