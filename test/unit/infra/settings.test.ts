import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { eventHubSettings, readSettings } from '../../../src/config.ts';
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
  const groups = [variables.hostSettings, variables.appSettings, variables.kafkaSettings];
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
    const settings = readSettings({ ...deployed, COSMOS_ENDPOINT: 'https://a.documents.azure.com:443/' });
    expect(settings).toMatchObject({
      ok: true,
      settings: {
        cosmos: { access: { kind: 'identity' }, database: 'value(COSMOS_DATABASE)' },
        webhookSecrets: ['value(ORDERCLOUD_WEBHOOK_SECRETS)'],
      },
    });
    expect(eventHubSettings(deployed)).toEqual({
      hub: 'value(EVENT_HUB_NAME)',
      consumerGroup: 'value(EVENT_HUB_CONSUMER_GROUP)',
    });
    expect(Object.keys(deployed)).toEqual(expect.arrayContaining(PLATFORM_SETTINGS));
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
