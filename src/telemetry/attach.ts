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
import type { OtlpProtocol, TelemetrySettings } from './telemetry-settings.ts';

/** What is left to be sent goes out with `end`, which never takes longer than a few seconds and never rejects. */
export type Telemetry = { end(): Promise<void> };

type Exporters = { traces: SpanExporter[]; metrics: PushMetricExporter[] };

/** How long an ending worker waits for what is left to be sent: Azure ends it for good soon after. */
const END_MS = 4_000;

/** Spans that wait to be sent; beyond these they are dropped, since a collector that is away must not cost memory. */
const MAX_WAITING_SPANS = 8_192;

/** Spans in one request. */
const MAX_SENT_SPANS = 1_024;

/** How long spans wait to be sent together, unless OTEL_BSP_SCHEDULE_DELAY says it: a killed worker loses these. */
const SPAN_DELAY_MS = 2_000;

/**
 * Attaches OpenTelemetry's SDK with the exporters that `settings` ask for, and nothing that they do not. Loaded only
 * when it is wanted, and a part of the bundle by itself: of what this imports, beside types, it has its own copy, so
 * nothing of that may hold state of the app.
 */
export async function attach(log: Log, settings: TelemetrySettings): Promise<Telemetry> {
  diag.setLogger(exportLogger(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const exporters = await exportersOf(settings);
  // What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say wins.
  const ofEnvironment = detectResources({ detectors: [envDetector] });
  const resource = resourceFromAttributes(settings.resource).merge(ofEnvironment);
  const { tracesPerSecond, metricIntervalMs } = settings;
  const tracerProvider = new BasicTracerProvider({
    resource,
    // Without one of ours, the SDK makes the one that OTEL_TRACES_SAMPLER names.
    ...(tracesPerSecond !== null && { sampler: keepPerSecond(tracesPerSecond) }),
    spanProcessors: exporters.traces.map(
      (exporter) =>
        new BatchSpanProcessor(exporter, {
          ...(!process.env.OTEL_BSP_SCHEDULE_DELAY && { scheduledDelayMillis: SPAN_DELAY_MS }),
          maxQueueSize: MAX_WAITING_SPANS,
          maxExportBatchSize: MAX_SENT_SPANS,
        }),
    ),
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
      await Promise.race([ended, afterMs(END_MS)]);
      trace.disable();
      metrics.disable();
      diag.disable();
    },
  };
}

/** Each kind is loaded only where it is wanted; the exporters read where and how to send from the environment. */
async function exportersOf({ connectionString, otlp }: TelemetrySettings): Promise<Exporters> {
  const exporters: Exporters = { traces: [], metrics: [] };
  if (otlp.traces !== null) exporters.traces.push(await otlpTraces(otlp.traces));
  if (otlp.metrics !== null) exporters.metrics.push(await otlpMetrics(otlp.metrics));
  if (connectionString !== null) {
    const { azureMonitorExporters } = await import('./azure-monitor.ts');
    const { spans, metrics } = azureMonitorExporters(connectionString);
    exporters.traces.push(spans);
    exporters.metrics.push(metrics);
  }
  return exporters;
}

async function otlpTraces(protocol: OtlpProtocol): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter();
}

async function otlpMetrics(protocol: OtlpProtocol): Promise<PushMetricExporter> {
  const { OTLPMetricExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-metrics-otlp-http')
      : await import('@opentelemetry/exporter-metrics-otlp-proto');
  return new OTLPMetricExporter();
}

function afterMs(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
