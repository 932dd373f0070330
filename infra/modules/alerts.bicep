param location string
param tags object
param suffix string
param workspaceId string
param cosmosAccountId string

@description('Empty: nobody gets mail.')
param email string

@allowed([0, 1, 2, 3, 4, 5, 6, 24, 48])
param silenceHours int

// AppMetrics has the metrics of src/telemetry/metrics.ts. AppRequests has what the Functions host reports about each
// invocation; ItemCount includes the rows that sampling left out. In _LogOperation the workspace reports about itself. The
// daily cap does not apply to it.
var queryAlerts = [
  {
    name: 'dead-letters'
    title: 'Messages became dead letters'
    description: 'npm run dead-letters -- list shows them with their reasons. npm run dead-letters -- replay processes them again.'
    severity: 2
    frequency: 'PT15M'
    window: 'PT15M'
    query: '''
AppMetrics
| where Name == 'productsync.messages' and tostring(Properties.outcome) == 'dead-lettered'
| summarize Value = sum(Sum) by Reason = tostring(Properties.reason)
'''
    dimension: 'Reason'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'lag'
    title: 'The app is more than 15 minutes behind the broker'
    description: 'Check for throttling first. Then raise WRITE_CONCURRENCY or add partitions.'
    severity: 2
    frequency: 'PT5M'
    window: 'PT15M'
    query: '''
AppMetrics
| where Name == 'productsync.lag'
| summarize Value = max(Max)
'''
    dimension: ''
    operator: 'GreaterThan'
    threshold: 900000
  }
  {
    name: 'batches-failing'
    title: 'Batches fail and come again'
    // An invocation fails only after its own retries: a minute for the hub, four for Kafka. So a single failure matters.
    description: 'Cosmos DB is down, throttles or refuses the app’s identity. Partitions of the hub wait, and nothing is lost while the hub keeps the events. Batches of Kafka can be lost if the host commits offsets after a failure: run verify afterwards.'
    severity: 1
    frequency: 'PT5M'
    window: 'PT15M'
    query: '''
AppRequests
| where OperationName !in ('productWebhook', 'productOffers', 'health') and Success == false
| summarize Value = sum(ItemCount)
'''
    dimension: ''
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'answers-5xx'
    title: 'Webhooks or requests for offers are answered with 5xx'
    description: '503: not configured, too many in flight, or Cosmos DB is not available. The health address names the failing checks.'
    severity: 1
    frequency: 'PT5M'
    window: 'PT5M'
    query: '''
AppRequests
| where OperationName in ('productWebhook', 'productOffers') and toint(ResultCode) between (500 .. 599)
| summarize Value = sum(ItemCount)
'''
    dimension: ''
    operator: 'GreaterThan'
    threshold: 5
  }
  {
    name: 'burst-of-401'
    title: 'Many webhooks have a wrong signature'
    description: 'Somebody rotated a secret on one side only, or is trying to guess one. The app stores none of these webhooks.'
    severity: 2
    frequency: 'PT5M'
    window: 'PT5M'
    query: '''
AppRequests
| where OperationName == 'productWebhook' and ResultCode == '401'
| summarize Value = sum(ItemCount)
'''
    dimension: ''
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'telemetry-cap'
    title: 'Telemetry stops until the next day: its daily cap is reached'
    description: 'The other log alerts see nothing until then. Look for a fault that logs without end. Then raise telemetryDailyCapGB, or keep fewer traces with TRACE_RATIO.'
    severity: 1
    frequency: 'PT15M'
    window: 'PT1H'
    query: '''
_LogOperation
| where Category =~ 'Ingestion' and Detail contains 'OverQuota'
| summarize Value = count()
'''
    dimension: ''
    operator: 'GreaterThan'
    threshold: 0
  }
]

var silenceAlert = {
  name: 'silence'
  title: 'No message has arrived'
  description: 'Product sync is paused or its delivery fails, the app does not read the hub, or telemetry does not arrive.'
  severity: 2
  frequency: 'PT1H'
  window: 'PT${silenceHours}H'
  query: '''
AppMetrics
| where Name == 'productsync.messages'
| summarize Value = coalesce(sum(Sum), 0.0)
'''
  dimension: ''
  operator: 'LessThan'
  threshold: 1
}

var actionGroups = empty(email) ? [] : [mail.id]

resource mail 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'productsync'
    enabled: true
    emailReceivers: [{ name: 'mail', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource queryAlert 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in concat(queryAlerts, silenceHours == 0 ? [] : [silenceAlert]): {
    name: 'alert-${alert.name}-${suffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.title
      description: alert.description
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: alert.frequency
      windowSize: alert.window
      // The tables get their columns with the first telemetry. Until then Azure would refuse the queries.
      skipQueryValidation: true
      autoMitigate: true
      criteria: {
        allOf: [
          {
            query: alert.query
            metricMeasureColumn: 'Value'
            timeAggregation: 'Total'
            dimensions: empty(alert.dimension) ? [] : [{ name: alert.dimension, operator: 'Include', values: ['*'] }]
            operator: alert.operator
            threshold: alert.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: actionGroups }
    }
  }
]

resource throttlingAlert 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'alert-throttling-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Cosmos DB throttles (429). The app waits during short bursts. If it lasts, buy more request units.'
    severity: 2
    enabled: true
    scopes: [cosmosAccountId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'throttled'
          metricNamespace: 'Microsoft.DocumentDB/databaseAccounts'
          metricName: 'TotalRequests'
          dimensions: [{ name: 'StatusCode', operator: 'Include', values: ['429'] }]
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 100
        }
      ]
    }
    actions: [for id in actionGroups: { actionGroupId: id }]
  }
}
