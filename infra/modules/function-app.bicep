param name string
param planName string
param location string
param tags object
param identityId string
param identityClientId string
param storageBlobEndpoint string
param deploymentContainerName string
param applicationInsightsConnectionString string
param cosmosEndpoint string
param cosmosDatabase string
param productsContainer string
param deadLettersContainer string
param eventHubHost string
param eventHubName string
param eventHubConsumerGroup string
@description('Address of the secrets in Key Vault.')
param webhookVaultUri string
param marketplaceId string
param orderCloudApiUrl string

@description('Origins whose pages may call the app.')
param allowedOrigins string[]
param kafkaBrokers string
param kafkaTopic string
param kafkaConsumerGroup string
param kafkaUsername string
@description('Address of the password in Key Vault; empty: none.')
param kafkaVaultUri string
param traceRatio string
param furtherAppSettings object
param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReadyForHttp int

// How many requests one instance answers at a time, by its memory. The host reads a body with a Content-Length whole and
// parses it before the app is asked: a hostile one takes about 40 times its size (100 MB took 4 GB), so at most 85 MB with
// the limit below. 16 of these leave 2 GB enough for the host and the app.
var requestsAtOnce = { '512': 2, '2048': 16, '4096': 32 }[string(instanceMemoryMB)]

// Bytes of a body that the host reads at most. Above MAX_BODY_BYTES, so that the app can say 413 to what is a little too large.
var requestBodyLimit = int(furtherAppSettings.?MAX_BODY_BYTES ?? '2097152') + 65536

// What the Functions host reads: its own storage, where telemetry goes, and its limits.
var hostSettings = {
  AzureWebJobsStorage__blobServiceUri: storageBlobEndpoint
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: string(requestBodyLimit)
  // In place of host.json's figure, which is for 2 GB.
  AzureFunctionsJobHost__extensions__http__maxConcurrentRequests: string(requestsAtOnce)
}

// What the app reads, by the names of src/config.ts. No key among them.
var appSettings = {
  // Tells the app's own credential which identity to use: a user-assigned one is never taken by itself.
  AZURE_CLIENT_ID: identityClientId
  COSMOS_ENDPOINT: cosmosEndpoint
  COSMOS_DATABASE: cosmosDatabase
  COSMOS_PRODUCTS_CONTAINER: productsContainer
  COSMOS_DEAD_LETTERS_CONTAINER: deadLettersContainer
  ORDERCLOUD_WEBHOOK_SECRETS: '@Microsoft.KeyVault(SecretUri=${webhookVaultUri})'
  ORDERCLOUD_MARKETPLACE_ID: marketplaceId
  ORDERCLOUD_API_URL: orderCloudApiUrl
  EventHubConnection__fullyQualifiedNamespace: eventHubHost
  EventHubConnection__credential: 'managedidentity'
  EventHubConnection__clientId: identityClientId
  EVENT_HUB_NAME: eventHubName
  EVENT_HUB_CONSUMER_GROUP: eventHubConsumerGroup
}

var kafkaSettings = {
  KAFKA_BROKERS: kafkaBrokers
  KAFKA_TOPIC: kafkaTopic
  KAFKA_CONSUMER_GROUP: kafkaConsumerGroup
  KAFKA_USERNAME: kafkaUsername
  KAFKA_PASSWORD: empty(kafkaUsername) ? '' : '@Microsoft.KeyVault(SecretUri=${kafkaVaultUri})'
}

// Not parentbased_traceidratio: its parent, the Functions host, says of every trace that it is not kept.
var traceSettings = {
  OTEL_TRACES_SAMPLER: 'traceidratio'
  OTEL_TRACES_SAMPLER_ARG: traceRatio
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    siteConfig: { minTlsVersion: '1.2', cors: { allowedOrigins: allowedOrigins } }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storageBlobEndpoint}${deploymentContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'node', version: '22' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyForHttp == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyForHttp }]
        triggers: { http: { perInstanceConcurrency: requestsAtOnce } }
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  // All of them: what was set by hand and is not here is gone afterwards. What is wired above wins over further settings of
  // the same name, but for the sampler, which these may choose otherwise.
  properties: union(
    empty(traceRatio) ? {} : traceSettings,
    furtherAppSettings,
    empty(kafkaBrokers) ? {} : kafkaSettings,
    appSettings,
    hostSettings
  )
}

// Deployments sign in with Entra ID; user names and passwords are of no use.
resource noBasicAuth 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
  // Two changes of one site at a time may be refused.
  dependsOn: [settings]
}

output name string = app.name
output hostName string = app.properties.defaultHostName
