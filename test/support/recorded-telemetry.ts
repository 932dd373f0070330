import { type Attributes, metrics, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { checkTold } from './leaks/check.ts';

type Point = { attributes: Attributes; value: unknown };

export type RecordedTelemetry = ReturnType<typeof recordTelemetry>;

/** Attaches OpenTelemetry's SDK to the app in this process, and keeps in memory what it reports; by default every span. */
export function recordTelemetry(sampler?: Sampler) {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors, ...(sampler && { sampler }) }));
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 3_600_000,
  });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  const reported = async () => {
    metricExporter.reset();
    await reader.forceFlush();
    return metricExporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  };
  return {
    spans: (): readonly ReadableSpan[] => exporter.getFinishedSpans(),
    /** The points of a metric, as totals since the start. */
    points: async (name: string) =>
      ((await reported()).find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []) as Point[],
    /** Every metric that has a point, with its unit. */
    units: async (): Promise<Record<string, string>> =>
      Object.fromEntries((await reported()).map(({ descriptor }) => [descriptor.name, descriptor.unit])),
    end: async () => {
      for (const { name, attributes } of exporter.getFinishedSpans()) {
        checkTold('log', JSON.stringify({ name, attributes }));
      }
      for (const { descriptor, dataPoints } of await reported()) {
        for (const { attributes } of dataPoints)
          checkTold('log', JSON.stringify([descriptor.name, attributes]));
      }
      await reader.shutdown();
      for (const api of [trace, metrics]) api.disable();
    },
  };
}
