import { describe, expect, it } from 'vitest';
import { at, Expression, parseBicep, type Resource, type Value } from '../../support/bicep.ts';
import { broken, readTemplate, type Template } from './template-files.ts';

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles; the last is one of Cosmos DB's own.
const ROLES: Record<string, string> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  'a638d3c7-ab3a-418d-83e6-5f17a39d4fde': 'Azure Event Hubs Data Receiver',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
  '00000000-0000-0000-0000-000000000002': 'Cosmos DB Built-in Data Contributor',
};

const template = await readTemplate();

async function resourcesOf(files: Template): Promise<Resource[]> {
  return (await Promise.all(Object.values(files).map(parseBicep))).flatMap(({ resources }) => resources);
}

const text = (value: Value | undefined) =>
  value instanceof Expression ? value.text.replace(/['{}$]/g, '') : value;

/** Role and scope of every assignment, as the source has them. */
async function assignments(files: Template): Promise<string[]> {
  const found: string[] = [];
  for (const source of Object.values(files)) {
    const { resources, variables } = await parseBicep(source);
    for (const { type, body } of resources) {
      if (!/\/(sqlR|r)oleAssignments$/.test(type)) continue;
      const id = String(text(at(body, 'properties', 'roleDefinitionId')));
      const variable = /(\w+)\)?$/.exec(id)?.[1] ?? '';
      const role = ROLES[String(variables[variable])] ?? `unknown role ${variables[variable]}`;
      found.push(`${role} on ${text(at(body, 'scope') ?? at(body, 'properties', 'scope'))}`);
    }
  }
  return found.sort();
}

describe('access', () => {
  it('gives the app the data roles it needs, each on as little as it can be', async () => {
    expect(await assignments(template)).toEqual([
      'Azure Event Hubs Data Receiver on hub',
      'Cosmos DB Built-in Data Contributor on account.id/dbs/database.name',
      'Cosmos DB Built-in Data Contributor on account.id/dbs/database.name',
      'Key Vault Secrets User on kafkaSecret',
      'Key Vault Secrets User on webhookSecret',
      'Storage Blob Data Owner on account',
    ]);
  });

  it('knows every role by its name', async () => {
    const guid = 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde';
    const other = broken(template, 'modules/event-hubs.bicep', guid, guid.replace('a', 'b'));
    expect((await assignments(other)).join('\n')).toContain('unknown role b638d3c7');
  });

  it('leaves keys on only for OrderCloud, which may send to the hub and nothing else', async () => {
    const resources = await resourcesOf(template);
    const body = (type: string) => resources.find((resource) => resource.type === type)?.body ?? {};
    const rule = body('Microsoft.EventHub/namespaces/eventhubs/authorizationRules');
    expect(at(rule, 'properties', 'rights')).toEqual(['Send']);
    expect(at(body('Microsoft.DocumentDB/databaseAccounts'), 'properties', 'disableLocalAuth')).toBe(true);
    expect(at(body('Microsoft.Storage/storageAccounts'), 'properties')).toMatchObject({
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      minimumTlsVersion: 'TLS1_2',
    });
    expect(at(body('Microsoft.Web/sites'), 'properties')).toMatchObject({
      httpsOnly: true,
      siteConfig: { minTlsVersion: '1.2' },
    });
  });

  it('gives OrderCloud a function key of at most 50 characters, which is all it takes', () => {
    const [, bytes] =
      /keys set .*--key-value "\$\(openssl rand -hex (\d+)\)"/.exec(template['main.bicep'] ?? '') ?? [];
    expect(2 * Number(bytes)).toBeLessThanOrEqual(50);
  });
});
