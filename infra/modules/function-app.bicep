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

// How many requests one instance answers at a time, by its memory. The host reads and parses a whole body with a
// Content-Length before it calls the app. A hostile one takes about 40 times its size (100 MB took 4 GB): at most 85 MB with
// the limit below. 16 of these leave enough of 2 GB for the host and the app.
var requestsAtOnce = { '512': 2, '2048': 16, '4096': 32 }[string(instanceMemoryMB)]

// Maximum bytes of a body that the host reads. Above MAX_BODY_BYTES, so that the app can answer 413 to a slightly larger body.
var requestBodyLimit = int(furtherAppSettings.?MAX_BODY_BYTES ?? '2097152') + 65536

// The Functions host reads these: its own storage, where telemetry goes, and its limits.
var hostSettings = {
  AzureWebJobsStorage__blobServiceUri: storageBlobEndpoint
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: string(requestBodyLimit)
  // Replaces the figure of host.json, which is for 2 GB.
  AzureFunctionsJobHost__extensions__http__maxConcurrentRequests: string(requestsAtOnce)
}

// The app reads these, by the names of src/config.ts. None is a key.
var appSettings = {
  // The app's credential uses a user-assigned identity only if this names it.
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

// Not parentbased_traceidratio: the parent is the Functions host, which marks every trace as not kept.
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
  // These replace all settings, also those that somebody set by hand. The settings above win over further settings of the same
  // name, except for the sampler.
  properties: union(
    empty(traceRatio) ? {} : traceSettings,
    furtherAppSettings,
    empty(kafkaBrokers) ? {} : kafkaSettings,
    appSettings,
    hostSettings
  )
}

// Deployments sign in with Entra ID, so user names and passwords are off.
resource noBasicAuth 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
  // Azure may refuse two changes of one site at a time.
  dependsOn: [settings]
}

output name string = app.name
output hostName string = app.properties.defaultHostName
