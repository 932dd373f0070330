import { describe, expect, it } from 'vitest';
import {
  brief,
  propertiesOf,
  type Resource,
  readSnapshot,
  resourcesOf,
  type Snapshot,
  VARIANTS,
} from './snapshot.ts';

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles; the last is one of Cosmos DB's own.
const ROLES: Record<string, string> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  'a638d3c7-ab3a-418d-83e6-5f17a39d4fde': 'Azure Event Hubs Data Receiver',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
  '00000000-0000-0000-0000-000000000002': 'Cosmos DB Built-in Data Contributor',
};
const OPERATOR = '00000000-0000-0000-0000-00000000000a';

const plain = await readSnapshot('default');
const full = await readSnapshot('everything');

/** Role, recipient and scope of every assignment. */
function assignments(snapshot: Snapshot): string[] {
  const types = [
    'Microsoft.Authorization/roleAssignments',
    'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments',
  ];
  return types
    .flatMap((type) =>
      resourcesOf(snapshot, type).map((assignment) => describeAssignment(snapshot, assignment)),
    )
    .sort();
}

function describeAssignment(snapshot: Snapshot, { id, properties }: Resource): string {
  const guid = String(properties.roleDefinitionId).split('/').at(-1) ?? '';
  const own = resourcesOf(snapshot, 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions').find(
    (definition) => definition.id === properties.roleDefinitionId,
  );
  const role =
    own === undefined ? (ROLES[guid] ?? `unknown role ${guid}`) : `own role ${own.properties.roleName}`;
  // An assignment of Azure's is on the resource that its ID extends; one of Cosmos DB's names its scope.
  const scope = properties.scope ?? /^\[extensionResourceId\('([^']+)'/.exec(id)?.[1];
  const names = String(scope).split('/providers/')[1]?.split('/').slice(2).join('/');
  return `${role} for ${brief(properties.principalId)} on ${names}`;
}

const APP = '[id-n4zvq6gnbyjto.principalId]';

describe('access', () => {
  it('gives the app the data roles it needs, each on as little as it can be', () => {
    expect(assignments(plain)).toEqual([
      `Azure Event Hubs Data Receiver for ${APP} on evhns-n4zvq6gnbyjto/eventhubs/products`,
      `Key Vault Secrets User for ${APP} on kv-n4zvq6gnbyjto/secrets/ordercloud-webhook-secrets`,
      `Storage Blob Data Owner for ${APP} on stn4zvq6gnbyjto`,
      `own role ordercloud-product-sync for ${APP} on cosmos-n4zvq6gnbyjto/dbs/catalog`,
    ]);
  });

  it('gives another to the operator, and the app the password of Kafka, only where these are asked for', () => {
    const more = assignments(full).filter((assignment) => !assignments(plain).includes(assignment));
    expect(more).toEqual([
      `Cosmos DB Built-in Data Contributor for ${OPERATOR} on cosmos-roastery-2/dbs/catalog`,
      `Key Vault Secrets User for ${APP} on kv-n4zvq6gnbyjto/secrets/kafka-password`,
      `own role ordercloud-product-sync for ${APP} on cosmos-roastery-2/dbs/catalog`,
    ]);
  });

  it.each(VARIANTS)(
    'lets the app read, create and replace items of Cosmos DB, and neither delete nor query (%s)',
    async (variant) => {
      const role = propertiesOf(
        await readSnapshot(variant),
        'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions',
      );
      const items = 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items';
      expect(role.permissions).toEqual([
        {
          dataActions: [
            'Microsoft.DocumentDB/databaseAccounts/readMetadata',
            `${items}/read`,
            `${items}/create`,
            `${items}/replace`,
          ],
        },
      ]);
    },
  );

  it('leaves keys on only for OrderCloud, which may send to the hub and nothing else', () => {
    expect(propertiesOf(plain, 'Microsoft.EventHub/namespaces/eventhubs/authorizationRules').rights).toEqual([
      'Send',
    ]);
    expect(propertiesOf(plain, 'Microsoft.DocumentDB/databaseAccounts').disableLocalAuth).toBe(true);
    expect(propertiesOf(plain, 'Microsoft.Storage/storageAccounts')).toMatchObject({
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      minimumTlsVersion: 'TLS1_2',
    });
    expect(propertiesOf(plain, 'Microsoft.Web/sites')).toMatchObject({
      httpsOnly: true,
      siteConfig: { minTlsVersion: '1.2' },
    });
    expect(propertiesOf(plain, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies')).toEqual({
      allow: false,
    });
  });

  it('gives OrderCloud a function key of at most 50 characters, which is all it takes', () => {
    const command = plain.outputs.FUNCTION_KEY_COMMAND ?? '';
    const [, bytes] = /keys set .*--key-value "\$\(openssl rand -hex (\d+)\)"/.exec(command) ?? [];
    expect(2 * Number(bytes)).toBeLessThanOrEqual(50);
  });

  it('tells no secret: outputs are names, addresses and commands, and snapshots hold no value of a secret', () => {
    expect(Object.keys(plain.outputs)).toEqual([
      'AZURE_FUNCTION_APP_NAME',
      'AZURE_KEY_VAULT_NAME',
      'AZURE_RESOURCE_GROUP',
      'COSMOS_DATABASE',
      'COSMOS_ENDPOINT',
      'EVENT_HUB_NAME',
      'EVENT_HUB_NAMESPACE',
      'FUNCTION_KEY_COMMAND',
      'HEALTH_KEY_COMMAND',
      'HEALTH_URL',
      'SEND_CONNECTION_STRING_COMMAND',
      'WEBHOOK_URL',
      'WORKBOOK_URL',
    ]);
    expect(JSON.stringify(full)).not.toMatch(/made-up-for-the-snapshot|listKeys/);
  });
});
