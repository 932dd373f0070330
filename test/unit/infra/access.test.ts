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

/** Role, recipient and scope of every assignment, as the source has them. */
async function assignments(files: Template): Promise<string[]> {
  const found: string[] = [];
  for (const source of Object.values(files)) {
    const { resources, variables } = await parseBicep(source);
    for (const { type, body } of resources) {
      if (!/\/(sqlR|r)oleAssignments$/.test(type)) continue;
      const id = String(text(at(body, 'properties', 'roleDefinitionId')));
      const definition = resources.find(({ symbol }) => id === `${symbol}.id`);
      const variable = /(\w+)\)?$/.exec(id)?.[1] ?? '';
      const role =
        definition === undefined
          ? (ROLES[String(variables[variable])] ?? `unknown role ${variables[variable]}`)
          : `own role ${text(at(definition.body, 'properties', 'roleName'))}`;
      const principal = text(at(body, 'properties', 'principalId'));
      const scope = text(at(body, 'scope') ?? at(body, 'properties', 'scope'));
      found.push(`${role} for ${principal} on ${scope}`);
    }
  }
  return found.sort();
}

/** Which modules get which identity as `principalId` and `operatorPrincipalId`. */
async function recipients(files: Template): Promise<string[]> {
  const { modules } = await parseBicep(files['main.bicep'] ?? '');
  return modules.flatMap(({ symbol, params }) =>
    ['principalId', 'operatorPrincipalId'].flatMap((name) => {
      const given = text(at(params, name));
      return given === undefined ? [] : [`${symbol}: ${name} = ${given}`];
    }),
  );
}

describe('access', () => {
  it('gives the app the data roles it needs, each on as little as it can be, and others to the operator', async () => {
    expect(await assignments(template)).toEqual([
      'Azure Event Hubs Data Receiver for principalId on hub',
      'Cosmos DB Built-in Data Contributor for operatorPrincipalId on account.id/dbs/database.name',
      'Key Vault Secrets User for principalId on kafkaSecret',
      'Key Vault Secrets User for principalId on webhookSecret',
      'Storage Blob Data Owner for principalId on account',
      'own role ordercloud-product-sync for principalId on account.id/dbs/database.name',
    ]);
    expect(await recipients(template)).toEqual([
      'storage: principalId = identity.outputs.principalId',
      'eventHubs: principalId = identity.outputs.principalId',
      'cosmos: principalId = identity.outputs.principalId',
      'cosmos: operatorPrincipalId = operatorPrincipalId',
      'keyVault: principalId = identity.outputs.principalId',
    ]);
  });

  it('tells when two recipients are swapped', async () => {
    const path = 'modules/cosmos.bicep';
    const taken = broken(template, path, '    principalId: principalId\n', '    principalId: nobody\n');
    const swapped = broken(
      broken(taken, path, '    principalId: operatorPrincipalId\n', '    principalId: principalId\n'),
      path,
      '    principalId: nobody\n',
      '    principalId: operatorPrincipalId\n',
    );
    expect(await assignments(swapped)).not.toEqual(await assignments(template));
    expect(await assignments(swapped)).toContain(
      'Cosmos DB Built-in Data Contributor for principalId on account.id/dbs/database.name',
    );
  });

  it('lets the app read, create and replace items of Cosmos DB, and neither delete nor query', async () => {
    const { resources, variables } = await parseBicep(template['modules/cosmos.bicep'] ?? '');
    const role = resources.find(({ type }) => type.endsWith('/sqlRoleDefinitions'))?.body ?? null;
    expect(at(role, 'properties', 'permissions')).toEqual([{ dataActions: new Expression('appActions') }]);
    expect(variables.itemActions).toBe('Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items');
    expect((variables.appActions as Value[]).map(text)).toEqual([
      'Microsoft.DocumentDB/databaseAccounts/readMetadata',
      'itemActions/read',
      'itemActions/create',
      'itemActions/replace',
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
