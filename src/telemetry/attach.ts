import { setTimeout } from 'node:timers/promises';
import { DiagLogLevel, diag, metrics, trace } from '@opentelemetry/api';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Log } from '../log.ts';
import { exportLogger } from './export-logger.ts';
import { keepPerSecond } from './sampler.ts';
import type { TelemetrySettings } from './telemetry-settings.ts';

/** `end` sends the rest. It takes a few seconds at most, and never rejects. */
export type Telemetry = { end(): Promise<void> };

type Exporters = { traces: SpanExporter[]; metrics: PushMetricExporter[] };

/** How long an ending worker waits until the rest is sent: Azure kills it soon after. */
const END_MS = 4_000;

/** Where the environment gives no others, the SDK takes these from there. */
const SPAN_DEFAULTS = {
  /** Milliseconds for which spans wait to be sent together. A killed worker loses them. */
  OTEL_BSP_SCHEDULE_DELAY: '2000',
  /** Spans that wait. More are dropped: a collector that is down must not cost memory. */
  OTEL_BSP_MAX_QUEUE_SIZE: '8192',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1024',
};

/**
 * Attaches OpenTelemetry's SDK with exactly the exporters that `settings` ask for. It is a bundle of its own, which loads
 * only if needed. It has its own copy of everything it imports except types, so none of that may hold state of the app.
 */
export async function attach(log: Log, settings: TelemetrySettings): Promise<Telemetry> {
  diag.setLogger(exportLogger(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const exporters = await exportersOf(settings);
  // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
  const ofEnvironment = detectResources({ detectors: [envDetector] });
  const resource = resourceFromAttributes(settings.resource).merge(ofEnvironment);
  const { tracesPerSecond, metricIntervalMs } = settings;
  // The SDK reads the name even where it is given a sampler, and would warn of Microsoft's.
  if (tracesPerSecond !== null) delete process.env.OTEL_TRACES_SAMPLER;
  for (const [name, value] of Object.entries(SPAN_DEFAULTS)) process.env[name] ||= value;
  const tracerProvider = new BasicTracerProvider({
    resource,
    // Without one of ours, the SDK uses the one that OTEL_TRACES_SAMPLER names.
    ...(tracesPerSecond !== null && { sampler: keepPerSecond(tracesPerSecond) }),
    spanProcessors: exporters.traces.map((exporter) => new BatchSpanProcessor(exporter)),
  });
  const meterProvider = new MeterProvider({
    resource,
    readers: exporters.metrics.map(
      (exporter) =>
        new PeriodicExportingMetricReader({
          exporter,
          exportIntervalMillis: metricIntervalMs,
          exportTimeoutMillis: metricIntervalMs,
        }),
    ),
  });
  if (exporters.traces.length > 0) trace.setGlobalTracerProvider(tracerProvider);
  if (exporters.metrics.length > 0) metrics.setGlobalMeterProvider(meterProvider);
  return {
    async end() {
      const ended = Promise.allSettled([tracerProvider.shutdown(), meterProvider.shutdown()]);
      await Promise.race([ended, setTimeout(END_MS, undefined, { ref: false })]);
      trace.disable();
      metrics.disable();
      diag.disable();
    },
  };
}

/** Loads each kind only if needed. The exporters read from the environment where and how to send. */
async function exportersOf({ connectionString, otlp }: TelemetrySettings): Promise<Exporters> {
  const exporters: Exporters = { traces: [], metrics: [] };
  if (otlp.traces !== null) {
    const { OTLPTraceExporter } = await (otlp.traces === 'http/json'
      ? import('@opentelemetry/exporter-trace-otlp-http')
      : import('@opentelemetry/exporter-trace-otlp-proto'));
    exporters.traces.push(new OTLPTraceExporter());
  }
  if (otlp.metrics !== null) {
    const { OTLPMetricExporter } = await (otlp.metrics === 'http/json'
      ? import('@opentelemetry/exporter-metrics-otlp-http')
      : import('@opentelemetry/exporter-metrics-otlp-proto'));
    exporters.metrics.push(new OTLPMetricExporter());
  }
  if (connectionString !== null) {
    const azureMonitor = await import('@azure/monitor-opentelemetry-exporter');
    // Otherwise they would send figures about themselves to Microsoft. They read this variable only.
    process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = 'true';
    // Otherwise they would keep what they cannot send in files, on instances that are gone tomorrow.
    const options = { connectionString, disableOfflineStorage: true };
    exporters.traces.push(new azureMonitor.AzureMonitorTraceExporter(options));
    exporters.metrics.push(new azureMonitor.AzureMonitorMetricExporter(options));
  }
  return exporters;
}
