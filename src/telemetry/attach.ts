import { DiagLogLevel, diag, metrics, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Log } from '../log.ts';
import { exportLogger } from './export-logger.ts';
import { samplerOf } from './sampler.ts';
import type { Telemetry } from './start-telemetry.ts';
import type { OtlpTarget, TelemetrySettings } from './telemetry-settings.ts';

type Exporters = { traces: SpanExporter[]; metrics: PushMetricExporter[] };

/** How long an ending worker waits for what is left to be sent: Azure ends it for good soon after. */
const END_MS = 4_000;

/** Spans that wait to be sent; beyond these they are dropped, since a collector that is away must not cost memory. */
const MAX_WAITING_SPANS = 8_192;

/** Spans in one request. */
const MAX_SENT_SPANS = 1_024;

/**
 * Attaches OpenTelemetry's SDK with the exporters that `settings` ask for, and nothing that they do not. Loaded only
 * when it is wanted, and a part of the bundle by itself: of what this imports, beside types, it has its own copy, so
 * nothing of that may hold state of the app.
 */
export async function attach(log: Log, settings: TelemetrySettings): Promise<Telemetry> {
  diag.setLogger(exportLogger(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const exporters = await exportersOf(settings);
  const resource = resourceFromAttributes(settings.resource);
  const { spanDelayMs, metricIntervalMs } = settings;
  const tracerProvider = new BasicTracerProvider({
    resource,
    sampler: samplerOf(settings.sampler),
    spanProcessors: exporters.traces.map(
      (exporter) =>
        new BatchSpanProcessor(exporter, {
          scheduledDelayMillis: spanDelayMs,
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

/** Each kind is loaded only where it is wanted. */
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

async function otlpTraces({ url, headers, protocol }: OtlpTarget): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter({ url, headers });
}

async function otlpMetrics({ url, headers, protocol }: OtlpTarget): Promise<PushMetricExporter> {
  const { OTLPMetricExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-metrics-otlp-http')
      : await import('@opentelemetry/exporter-metrics-otlp-proto');
  return new OTLPMetricExporter({ url, headers });
}

function afterMs(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
