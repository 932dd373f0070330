param location string
param tags object
param suffix string
param workspaceId string

// Metrics are those of src/telemetry/metrics.ts, spans and log lines those of docs/telemetry.md. Tests check every name.
// The workbook fills in {TimeRange:grain}: a step that fits the chosen time.
var charts = [
  {
    title: 'Messages by outcome'
    query: '''
AppMetrics
| where Name == 'productsync.messages'
| summarize Messages = sum(Sum) by bin(TimeGenerated, {TimeRange:grain}), Outcome = tostring(Properties.outcome)
'''
  }
  {
    title: 'Messages by transport'
    query: '''
AppMetrics
| where Name == 'productsync.messages'
| summarize Messages = sum(Sum) by bin(TimeGenerated, {TimeRange:grain}), Transport = tostring(Properties.transport)
'''
  }
  {
    title: 'Lag: how many seconds the oldest message of a batch had waited'
    query: '''
AppMetrics
| where Name == 'productsync.lag'
| summarize Seconds = max(Max) / 1000 by bin(TimeGenerated, {TimeRange:grain}), Stream = tostring(Properties.stream)
'''
  }
  {
    title: 'Write latency in milliseconds, from the first read of a product to its outcome'
    query: '''
AppMetrics
| where Name == 'productsync.write.duration'
| summarize Average = sum(Sum) / sum(ItemCount), Longest = max(Max) by bin(TimeGenerated, {TimeRange:grain})
'''
  }
  {
    title: 'Dead letters by reason'
    query: '''
AppMetrics
| where Name == 'productsync.dead_letters'
| summarize Messages = sum(Sum) by bin(TimeGenerated, {TimeRange:grain}), Reason = tostring(Properties.reason)
'''
  }
  {
    title: 'Refused webhooks by reason'
    query: '''
AppMetrics
| where Name == 'productsync.webhooks.refused'
| summarize Requests = sum(Sum) by bin(TimeGenerated, {TimeRange:grain}), Reason = tostring(Properties.reason)
'''
  }
  {
    title: 'Offers by outcome'
    query: '''
AppMetrics
| where Name == 'productsync.offers'
| summarize Offers = sum(Sum) by bin(TimeGenerated, {TimeRange:grain}), Outcome = tostring(Properties.outcome)
'''
  }
  {
    title: 'Refused requests for offers by reason and fault of the token'
    query: '''
AppMetrics
| where Name == 'productsync.offers.refused'
| summarize Requests = sum(Sum) by bin(TimeGenerated, {TimeRange:grain}), Reason = trim(' ', strcat(Properties.reason, ' ', Properties.token))
'''
  }
  {
    title: 'Requests to OrderCloud for keys of tokens'
    query: '''
AppMetrics
| where Name == 'productsync.offers.key_requests'
| summarize Requests = sum(Sum) by bin(TimeGenerated, {TimeRange:grain}), Outcome = tostring(Properties.outcome)
'''
  }
  {
    title: 'Retries by error'
    query: '''
AppMetrics
| where Name == 'productsync.retries'
| summarize Retries = sum(Sum) by bin(TimeGenerated, {TimeRange:grain}), Error = tostring(Properties['error.type'])
'''
  }
  {
    title: 'Incomplete batches, which come again'
    query: '''
AppMetrics
| where Name == 'productsync.batches.incomplete'
| summarize Batches = sum(Sum) by bin(TimeGenerated, {TimeRange:grain}), Transport = tostring(Properties.transport)
'''
  }
  {
    title: 'Request units of Cosmos DB by operation'
    query: '''
AppMetrics
| where Name == 'productsync.request.charge'
| summarize RequestUnits = sum(Sum) by bin(TimeGenerated, {TimeRange:grain}), Operation = strcat(Properties.operation, ' ', Properties.container)
'''
  }
  {
    title: 'Throttled calls of Cosmos DB (429), including those that its SDK retried'
    query: '''
AppMetrics
| where Name == 'productsync.store.throttles'
| summarize Responses = sum(Sum) by bin(TimeGenerated, {TimeRange:grain}), Container = tostring(Properties.container)
'''
  }
]

var tables = [
  {
    title: 'Calls to Cosmos DB: count, duration, request units'
    query: '''
AppMetrics
| where Name in ('productsync.store.duration', 'productsync.request.charge')
| extend Operation = strcat(Properties.operation, ' ', Properties.container)
| summarize Calls = sumif(ItemCount, Name == 'productsync.store.duration'),
    Milliseconds = sumif(Sum, Name == 'productsync.store.duration'),
    RequestUnits = sumif(Sum, Name == 'productsync.request.charge') by Operation
| project Operation, Calls, MillisecondsEach = Milliseconds / Calls, RequestUnitsEach = RequestUnits / Calls
| order by Calls desc
'''
  }
  {
    title: 'Slowest deliveries among the kept traces'
    query: '''
AppDependencies
| where Name startswith 'process '
| top 20 by DurationMs desc
| project TimeGenerated, Delivery = Name, Milliseconds = DurationMs, Success, OperationId
'''
  }
  {
    title: 'Warnings and errors in the log'
    query: '''
AppTraces
| where SeverityLevel >= 2
| top 100 by TimeGenerated desc
| project TimeGenerated, Level = iff(SeverityLevel == 2, 'warning', 'error'), Message
'''
  }
]

var timeRange = {
  type: 9
  name: 'time range'
  content: {
    version: 'KqlParameterItem/1.0'
    parameters: [
      {
        version: 'KqlParameterItem/1.0'
        id: guid('time range')
        name: 'TimeRange'
        label: 'Time range'
        type: 4
        isRequired: true
        value: { durationMs: 86400000 }
        typeSettings: {
          selectableValues: map([1, 4, 24, 72, 168, 720], hours => { durationMs: hours * 3600000 })
          allowCustom: true
        }
      }
    ]
    style: 'pills'
  }
}

var queries = concat(
  map(charts, chart => union(chart, { visualization: 'timechart', width: '50' })),
  map(tables, table => union(table, { visualization: 'table', width: '100' }))
)

var content = {
  version: 'Notebook/1.0'
  items: concat(
    [timeRange],
    map(queries, shown => {
      type: 3
      name: shown.title
      customWidth: shown.width
      content: {
        version: 'KqlItem/1.0'
        title: shown.title
        query: shown.query
        size: 0
        timeContextFromParameter: 'TimeRange'
        queryType: 0
        resourceType: 'microsoft.operationalinsights/workspaces'
        crossComponentResources: [workspaceId]
        visualization: shown.visualization
      }
    })
  )
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  // A workbook's name must be a GUID.
  name: guid(resourceGroup().id, suffix, 'product-sync')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Product sync'
    category: 'workbook'
    sourceId: workspaceId
    version: '1.0'
    serializedData: string(content)
  }
}

output id string = workbook.id
