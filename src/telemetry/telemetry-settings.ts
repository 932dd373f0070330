import { hostname } from 'node:os';
import * as z from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { type Environment, readSettings, text } from '../settings/read-settings.ts';

/** Where telemetry goes. OpenTelemetry's libraries read the other variables themselves. */
export type TelemetrySettings = ReturnType<typeof readTelemetrySettings>['settings'];

const INSTRUMENTATION_KEY = /(^|;)\s*InstrumentationKey=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*(;|$)/i;

const url = text(
  'must be a URL such as https://collector.example:4318',
  (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
).optional();
const protocol = z
  .enum(['http/protobuf', 'http/json'], 'must be http/protobuf or http/json')
  .default('http/protobuf');
const numberFrom = (least: number) =>
  z
    .string()
    .transform(Number)
    .refine((number) => number >= least, `must be a number of at least ${least}`)
    .optional();

const TABLE = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: text('must hold InstrumentationKey=…;', (value) =>
    INSTRUMENTATION_KEY.test(value),
  ).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: protocol,
  OTEL_METRIC_EXPORT_INTERVAL: numberFrom(100),
  OTEL_TRACES_SAMPLER_ARG: numberFrom(0),
};

/** Reads what OpenTelemetry's libraries do not. A setting that cannot be used is left out; the rest counts. */
export function readTelemetrySettings(env: Environment) {
  const { right, problems } = readSettings('telemetry', TABLE, env);
  const isDisabled = env.OTEL_SDK_DISABLED?.toLowerCase() === 'true';
  /** Which exporter sends a signal to a collector; null if none does. */
  const otlp = (signal: 'TRACES' | 'METRICS') => {
    if (isDisabled || env[`OTEL_${signal}_EXPORTER`] === 'none') return null;
    const ofSignal = <Rest extends 'ENDPOINT' | 'PROTOCOL'>(rest: Rest) => {
      const own = `OTEL_EXPORTER_OTLP_${signal}_${rest}` as const;
      return env[own] ? own : (`OTEL_EXPORTER_OTLP_${rest}` as const);
    };
    if (right[ofSignal('ENDPOINT')] === undefined) return null;
    // A collector that expects gRPC understands nothing else.
    return right[ofSignal('PROTOCOL')] ?? null;
  };
  const settings = {
    /** Of Application Insights; null if nothing goes there. */
    connectionString: isDisabled ? null : (right.APPLICATIONINSIGHTS_CONNECTION_STRING ?? null),
    otlp: { traces: otlp('TRACES'), metrics: otlp('METRICS') },
    tracesPerSecond: tracesPerSecond(env.OTEL_TRACES_SAMPLER, right.OTEL_TRACES_SAMPLER_ARG),
    metricIntervalMs: right.OTEL_METRIC_EXPORT_INTERVAL ?? 30_000,
    resource: resourceOf(env),
  };
  return { settings, problems };
}

/**
 * Five by default, as in Microsoft's exporter for .NET: it bounds what a busy or flooded instance spends on traces.
 * OpenTelemetry's own default asks the caller, and the Functions host marks every trace as not kept. The sampler's name is
 * Microsoft's.
 */
function tracesPerSecond(sampler: string | undefined, argument = 5): number | null {
  if (!sampler) return 5;
  return sampler === 'microsoft.rate_limited' ? argument : null;
}

/** In Azure the platform's variables name the app, its instance and its region. */
function resourceOf(env: Environment): Record<string, string> {
  const { WEBSITE_SITE_NAME: site, WEBSITE_INSTANCE_ID: instance, REGION_NAME: region } = env;
  return {
    'service.name': site || 'ordercloud-product-sync',
    'service.version': packageJson.version,
    'service.instance.id': instance || `${hostname()}-${process.pid}`,
    ...(site && { 'cloud.provider': 'azure', 'cloud.platform': 'azure_functions', 'faas.name': site }),
    ...(instance && { 'faas.instance': instance }),
    ...(region && { 'cloud.region': region }),
  };
}
