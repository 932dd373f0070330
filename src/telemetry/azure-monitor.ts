import { AzureMonitorMetricExporter, AzureMonitorTraceExporter } from '@azure/monitor-opentelemetry-exporter';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';

/** Microsoft's exporters to Application Insights. */
export function azureMonitorExporters(connectionString: string): {
  spans: SpanExporter;
  metrics: PushMetricExporter;
} {
  // Otherwise they would send figures about themselves to Microsoft. They read this variable only.
  process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = 'true';
  // Otherwise they would keep what they cannot send in files, on instances that are gone tomorrow.
  const options = { connectionString, disableOfflineStorage: true };
  return { spans: new AzureMonitorTraceExporter(options), metrics: new AzureMonitorMetricExporter(options) };
}
