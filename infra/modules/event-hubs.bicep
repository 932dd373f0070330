param name string
param location string
param tags object
param partitionCount int
param retentionHours int
param consumerGroupName string

@description('The app’s identity.')
param principalId string

// Azure Event Hubs Data Receiver.
var dataReceiver = 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'

// Standard: Basic has no consumer groups and keeps events for a day.
resource namespace 'Microsoft.EventHub/namespaces@2026-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Standard', capacity: 1 }
  properties: {
    minimumTlsVersion: '1.2'
    isAutoInflateEnabled: true
    maximumThroughputUnits: 4
    // OrderCloud sends with a connection string, so keys must work. The app uses none.
    disableLocalAuth: false
  }
}

resource hub 'Microsoft.EventHub/namespaces/eventhubs@2026-01-01' = {
  parent: namespace
  name: 'products'
  properties: {
    partitionCount: partitionCount
    retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: retentionHours }
  }
}

resource consumerGroup 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2026-01-01' = {
  parent: hub
  name: consumerGroupName
}

// On the hub, not the namespace: its holder can send to this hub, and nothing else.
resource sendRule 'Microsoft.EventHub/namespaces/eventhubs/authorizationRules@2026-01-01' = {
  parent: hub
  name: 'ordercloud-send'
  properties: { rights: ['Send'] }
}

resource receiverRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hub.id, principalId, dataReceiver)
  scope: hub
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataReceiver)
  }
}

output namespaceName string = namespace.name
output host string = '${namespace.name}.servicebus.windows.net'
output hubName string = hub.name
output consumerGroup string = consumerGroup.name
output sendRuleName string = sendRule.name
