targetScope = 'subscription'

// Checks each secret by itself: anybody can guess a short or blank one.
@export()
func shortSecrets(secrets string) string[] => filter(split(secrets, ','), secret => length(trim(secret)) < 16)

@minLength(1)
@maxLength(64)
@description('Name of the azd environment. It names the resource group, and tags everything in it.')
param environmentName string

@minLength(1)
@description('Region of all resources. It must offer Flex Consumption: az functionapp list-flexconsumption-locations.')
param location string

@secure()
@minLength(16)
@description('Secret of OrderCloud\'s delivery configuration; several, separated by commas, during a rotation.')
param webhookSecrets string

@description('OrderCloud marketplace whose messages the app accepts; empty: any.')
param marketplaceId string = ''

@description('API of OrderCloud that issues shoppers\' tokens, such as https://api.ordercloud.io; empty: no offers.')
param orderCloudApiUrl string = ''

@description('Origins of storefronts whose pages may ask for offers, separated by commas, such as https://shop.example.')
param allowedOrigins string = ''

@description('Address that gets a mail when an alert fires; empty: alerts appear in the portal only.')
param alertEmail string = ''

@description('Object ID of a person or group that may read and change the data with the commands; empty: nobody but the app.')
param operatorPrincipalId string = ''

@allowed(['serverless', 'autoscale'])
@description('Serverless costs nothing when idle. Autoscale serves more than serverless can, and a steady load for less.')
param cosmosCapacity string = 'serverless'

@minValue(1000)
@description('Maximum request units a second that both containers share, in steps of 1000. With autoscale only.')
param cosmosMaxThroughput int = 4000

@maxLength(44)
@description('Name of the Cosmos DB account; empty: generated. Set it to a restored account, or to move to a new one.')
param cosmosAccountName string = ''

@minValue(1)
@maxValue(32)
@description('Partitions of the hub: the maximum number of instances that read at a time. This tier cannot change it later.')
param partitionCount int = 4

@minValue(1)
@maxValue(168)
@description('How long the hub keeps events, in hours. Set it well above the longest outage that you expect.')
param eventRetentionHours int = 168

@minLength(1)
@maxLength(50)
@description('Consumer group that the app reads with. A new one has no checkpoints: the app reads the hub from its oldest event.')
param eventHubConsumerGroup string = 'product-sync'

@allowed([512, 2048, 4096])
@description('Memory of an instance, in MB.')
param instanceMemoryMB int = 2048

@minValue(40)
@maxValue(1000)
@description('Maximum number of instances.')
param maximumInstanceCount int = 40

@minValue(0)
@description('Instances kept warm for webhooks. They cost even when idle.')
param alwaysReadyForHttp int = 0

@description('Hours without any message after which an alert fires; 0: never.')
@allowed([0, 1, 2, 3, 4, 5, 6, 24, 48])
param silenceHours int = 24

@minValue(1)
@description('Maximum telemetry in a day, in GB. Azure drops what exceeds it, and the other log alerts are blind until the next day. The alert telemetry-cap says so.')
param telemetryDailyCapGB int = 5

@description('Share of the traces to keep, from 0 to 1, such as 0.1; empty: five a second of each instance. Metrics count everything.')
param traceRatio string = ''

@description('Brokers of the Kafka trigger, which also needs the topic; empty: no trigger.')
param kafkaBrokers string = ''
param kafkaTopic string = ''
param kafkaConsumerGroup string = ''

@description('User of the brokers, with SASL PLAIN over TLS; empty: no login.')
param kafkaUsername string = ''
@secure()
param kafkaPassword string = ''

@description('Further settings of the app, by name, such as WRITE_CONCURRENCY. docs/settings.md lists them.')
param furtherAppSettings object = {}

var checkedSecrets = empty(shortSecrets(webhookSecrets))
  ? webhookSecrets
  : fail('Each of the secrets in ORDERCLOUD_WEBHOOK_SECRETS needs at least 16 characters. Commas separate them.')

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName, application: 'ordercloud-product-sync' }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

// One identity for everything the app uses. It exists before the app, so that its roles are in place at the first start.
module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-${token}'
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
  }
}

module eventHubs 'modules/event-hubs.bicep' = {
  scope: group
  params: {
    name: 'evhns-${token}'
    location: location
    tags: tags
    partitionCount: partitionCount
    retentionHours: eventRetentionHours
    consumerGroupName: eventHubConsumerGroup
    principalId: identity.outputs.principalId
  }
}

module cosmos 'modules/cosmos.bicep' = {
  scope: group
  params: {
    name: empty(cosmosAccountName) ? 'cosmos-${token}' : cosmosAccountName
    location: location
    tags: tags
    capacity: cosmosCapacity
    maxThroughput: cosmosMaxThroughput
    principalId: identity.outputs.principalId
    operatorPrincipalId: operatorPrincipalId
  }
}

module keyVault 'modules/key-vault.bicep' = {
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    webhookSecrets: checkedSecrets
    hasKafkaPassword: !empty(kafkaUsername)
    kafkaPassword: kafkaPassword
    principalId: identity.outputs.principalId
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-${token}'
    applicationInsightsName: 'appi-${token}'
    location: location
    tags: tags
    dailyCapGB: telemetryDailyCapGB
  }
}

module functionApp 'modules/function-app.bicep' = {
  scope: group
  params: {
    name: 'func-${token}'
    planName: 'plan-${token}'
    location: location
    tags: union(tags, { 'azd-service-name': 'app' })
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageBlobEndpoint: storage.outputs.blobEndpoint
    deploymentContainerName: storage.outputs.deploymentContainerName
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    cosmosEndpoint: cosmos.outputs.endpoint
    cosmosDatabase: cosmos.outputs.databaseName
    productsContainer: cosmos.outputs.productsContainer
    deadLettersContainer: cosmos.outputs.deadLettersContainer
    eventHubHost: eventHubs.outputs.host
    eventHubName: eventHubs.outputs.hubName
    eventHubConsumerGroup: eventHubs.outputs.consumerGroup
    webhookVaultUri: keyVault.outputs.webhookVaultUri
    marketplaceId: marketplaceId
    orderCloudApiUrl: orderCloudApiUrl
    allowedOrigins: filter(map(split(allowedOrigins, ','), origin => trim(origin)), origin => !empty(origin))
    kafkaBrokers: kafkaBrokers
    kafkaTopic: kafkaTopic
    kafkaConsumerGroup: kafkaConsumerGroup
    kafkaUsername: kafkaUsername
    kafkaVaultUri: keyVault.outputs.kafkaVaultUri
    traceRatio: traceRatio
    furtherAppSettings: furtherAppSettings
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyForHttp: alwaysReadyForHttp
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    suffix: token
    workspaceId: monitoring.outputs.workspaceId
    cosmosAccountId: cosmos.outputs.accountId
    email: alertEmail
    silenceHours: silenceHours
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    suffix: token
    workspaceId: monitoring.outputs.workspaceId
  }
}

// azd keeps outputs in its environment, in clear text. So they are names, addresses, and commands that print a secret.
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = functionApp.outputs.name
output AZURE_KEY_VAULT_NAME string = keyVault.outputs.name
output WEBHOOK_URL string = 'https://${functionApp.outputs.hostName}/api/webhooks/products'
output HEALTH_URL string = 'https://${functionApp.outputs.hostName}/api/health'
output HEALTH_KEY_COMMAND string = 'az functionapp function keys list -g ${group.name} -n ${functionApp.outputs.name} --function-name health --query default -o tsv'
// OrderCloud accepts at most 50 characters for a header's value. Azure's own keys are longer; this one has 48.
output FUNCTION_KEY_COMMAND string = 'az functionapp function keys set -g ${group.name} -n ${functionApp.outputs.name} --function-name productWebhook --key-name ordercloud --key-value "$(openssl rand -hex 24)" --query value -o tsv'
output WORKBOOK_URL string = 'https://portal.azure.com/#resource${workbook.outputs.id}'
output EVENT_HUB_NAMESPACE string = eventHubs.outputs.host
output EVENT_HUB_NAME string = eventHubs.outputs.hubName
output SEND_CONNECTION_STRING_COMMAND string = 'az eventhubs eventhub authorization-rule keys list -g ${group.name} --namespace-name ${eventHubs.outputs.namespaceName} --eventhub-name ${eventHubs.outputs.hubName} -n ${eventHubs.outputs.sendRuleName} --query primaryConnectionString -o tsv'
output COSMOS_ENDPOINT string = cosmos.outputs.endpoint
output COSMOS_DATABASE string = cosmos.outputs.databaseName
