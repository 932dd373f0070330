param name string
param location string
param tags object

@allowed(['serverless', 'autoscale'])
param capacity string
param maxThroughput int

@description('The app’s identity.')
param principalId string

@description('A person or group that works on dead letters; empty: nobody.')
param operatorPrincipalId string

var databaseName = 'catalog'

// Cosmos DB Built-in Data Contributor: every account has this role.
var dataContributor = '00000000-0000-0000-0000-000000000002'

// https://learn.microsoft.com/azure/cosmos-db/nosql/security/reference-data-plane-actions
var itemActions = 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items'

// The app reads by ID, creates and replaces. It needs no delete, query, stored procedure or patch. (That page names no action
// for a patch.)
var appActions = [
  'Microsoft.DocumentDB/databaseAccounts/readMetadata'
  '${itemActions}/read'
  '${itemActions}/create'
  '${itemActions}/replace'
]

// A test compares this with src/operate/containers.ts. Every indexed term costs request units on each write, so this lists
// only what queries filter or sort by.
var containers = [
  {
    name: 'products'
    includedPaths: [
      '/deleted/?'
      '/active/?'
      '/name/?'
      '/parentId/?'
      '/ownerId/?'
      '/schemaVersion/?'
      '/categoryIds/[]/?'
      '/catalogIds/[]/?'
      '/buyerIds/[]/?'
      '/supplierIds/[]/?'
      '/inventory/quantityAvailable/?'
      '/pricing/display/price/?'
      '/pricing/display/salePrice/?'
      '/pricing/display/saleStart/?'
      '/pricing/display/saleEnd/?'
      '/sync/time/?'
      '/sync/transport/?'
    ]
    compositeIndexes: []
  }
  {
    name: 'dead-letters'
    includedPaths: [
      '/reason/?'
      '/productId/?'
      '/receivedAt/?'
    ]
    compositeIndexes: []
  }
]

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [{ locationName: location, failoverPriority: 0 }]
    capabilities: capacity == 'serverless' ? [{ name: 'EnableServerless' }] : []
    consistencyPolicy: { defaultConsistencyLevel: 'Session' }
    // With several write regions, Cosmos DB checks conditional writes only within a region.
    enableMultipleWriteLocations: false
    disableLocalAuth: true
    minimalTlsVersion: 'Tls12'
    backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: 'Continuous7Days' } }
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-10-15' = {
  parent: account
  name: databaseName
  properties: {
    resource: { id: databaseName }
    options: capacity == 'autoscale' ? { autoscaleSettings: { maxThroughput: maxThroughput } } : {}
  }
}

// One after another, here and below: Cosmos DB refuses a second change of an account during the first.
@batchSize(1)
resource container 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-10-15' = [
  for definition in containers: {
    parent: database
    name: definition.name
    properties: {
      resource: {
        id: definition.name
        partitionKey: { paths: ['/id'], kind: 'Hash', version: 2 }
        // On, without a default: tombstones and dead letters carry their own time, products carry none.
        defaultTtl: -1
        indexingPolicy: {
          indexingMode: 'consistent'
          automatic: true
          includedPaths: map(definition.includedPaths, included => { path: included })
          excludedPaths: [{ path: '/*' }]
          compositeIndexes: definition.compositeIndexes
        }
      }
    }
  }
]

resource appRoleDefinition 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-10-15' = {
  parent: account
  name: guid(account.id, 'ordercloud-product-sync')
  properties: {
    roleName: 'ordercloud-product-sync'
    type: 'CustomRole'
    assignableScopes: [account.id]
    permissions: [{ dataActions: appActions }]
  }
  dependsOn: [container]
}

resource appRole 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-10-15' = {
  parent: account
  name: guid(account.id, principalId, 'ordercloud-product-sync')
  properties: {
    principalId: principalId
    roleDefinitionId: appRoleDefinition.id
    scope: '${account.id}/dbs/${database.name}'
  }
}

resource operatorRole 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-10-15' = if (!empty(operatorPrincipalId)) {
  parent: account
  name: guid(account.id, operatorPrincipalId, dataContributor)
  properties: {
    principalId: operatorPrincipalId
    roleDefinitionId: '${account.id}/sqlRoleDefinitions/${dataContributor}'
    scope: '${account.id}/dbs/${database.name}'
  }
  dependsOn: [appRole]
}

output accountId string = account.id
output endpoint string = account.properties.documentEndpoint
output databaseName string = database.name
output productsContainer string = container[0].name
output deadLettersContainer string = container[1].name
