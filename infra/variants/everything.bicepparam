// What it creates with everything on: autoscale, Kafka, an operator, mail, sampled traces. The names are made up.
using '../main.bicep'

param environmentName = 'roastery-prod'
param location = 'westeurope'
param webhookSecrets = 'made-up-for-the-snapshot,another-for-rotation'
param marketplaceId = 'roastery'
param orderCloudApiUrl = 'https://api.ordercloud.io'
param allowedOrigins = 'https://shop.roastery.example, https://b2b.roastery.example'
param alertEmail = 'on-call@roastery.example'
param operatorPrincipalId = '00000000-0000-0000-0000-00000000000a'
param cosmosCapacity = 'autoscale'
param cosmosMaxThroughput = 10000
param cosmosAccountName = 'cosmos-roastery-2'
param partitionCount = 8
param eventRetentionHours = 72
param eventHubConsumerGroup = 'product-sync-2'
param instanceMemoryMB = 4096
param maximumInstanceCount = 100
param alwaysReadyForHttp = 2
param silenceHours = 6
param telemetryDailyCapGB = 20
param traceRatio = '0.1'
param kafkaBrokers = 'broker-1.roastery.example:9093,broker-2.roastery.example:9093'
param kafkaTopic = 'products'
param kafkaConsumerGroup = 'product-sync'
param kafkaUsername = 'product-sync'
param kafkaPassword = 'made-up-for-the-snapshot'
param furtherAppSettings = { MAX_BODY_BYTES: '4194304', MAX_OFFERS_IN_FLIGHT: '50', WRITE_CONCURRENCY: '32' }
