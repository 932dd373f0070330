param name string
param location string
param tags object

@secure()
param webhookSecrets string
@description('Whether there is a Kafka password to keep.')
param hasKafkaPassword bool
@secure()
param kafkaPassword string

@description('The app’s identity.')
param principalId string

// Key Vault Secrets User, on each secret and not on the vault.
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 7
  }
}

resource webhookSecret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'ordercloud-webhook-secrets'
  properties: { value: webhookSecrets }
}

resource kafkaSecret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = if (hasKafkaPassword) {
  parent: vault
  name: 'kafka-password'
  properties: { value: kafkaPassword }
}

resource webhookSecretRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(webhookSecret.id, principalId, secretsUser)
  scope: webhookSecret
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

resource kafkaSecretRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (hasKafkaPassword) {
  name: guid(vault.id, 'kafka-password', principalId, secretsUser)
  scope: kafkaSecret
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

output name string = vault.name
// Without a version, so that the app follows a new one.
output webhookVaultUri string = '${vault.properties.vaultUri}secrets/${webhookSecret.name}'
output kafkaVaultUri string = hasKafkaPassword ? '${vault.properties.vaultUri}secrets/kafka-password' : ''
