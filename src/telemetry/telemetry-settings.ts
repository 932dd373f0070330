import { hostname } from 'node:os';
import packageJson from '../../package.json' with { type: 'json' };

/** Where telemetry goes. OpenTelemetry's libraries read the other variables themselves. */
export type TelemetrySettings = {
  /** That of Application Insights; null if nothing goes there. */
  connectionString: string | null;
  /** Which exporter sends a signal to a collector; null if none does. */
  otlp: { traces: OtlpProtocol | null; metrics: OtlpProtocol | null };
  /** How many traces are kept; null leaves it to OpenTelemetry's own sampler. */
  tracesPerSecond: number | null;
  metricIntervalMs: number;
  /** What distinguishes this app and this instance from others. */
  resource: Record<string, string>;
};

export type OtlpProtocol = (typeof PROTOCOLS)[number];

/** A setting that cannot be used, by name, never with a value. It is left out; the rest counts. */
export type TelemetryProblem = { name: string; problem: string };

type Environment = Readonly<Record<string, string | undefined>>;

const PROTOCOLS = ['http/protobuf', 'http/json'] as const;

/** Microsoft's name for a number of traces a second. */
const RATE_LIMITED = 'microsoft.rate_limited';

const INSTRUMENTATION_KEY = /(^|;)\s*InstrumentationKey=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*(;|$)/i;

/** Reads what OpenTelemetry's libraries do not. Not zod: a start would wait for all its schemas. */
export function readTelemetrySettings(env: Environment): {
  settings: TelemetrySettings;
  problems: TelemetryProblem[];
} {
  const problems = new Map<string, string>();
  /** The value of the first of these that is set; null if none is, or if it is malformed. */
  const read = (names: string[], isFine: (value: string) => boolean, problem: string): string | null => {
    const name = names.find((name) => env[name]);
    const value = name === undefined ? undefined : env[name];
    if (name === undefined || value === undefined) return null;
    if (isFine(value)) return value;
    problems.set(name, problem);
    return null;
  };
  const otlp = (signal: 'TRACES' | 'METRICS'): OtlpProtocol | null => {
    const namesOf = (rest: string) => [`OTEL_EXPORTER_OTLP_${signal}_${rest}`, `OTEL_EXPORTER_OTLP_${rest}`];
    const url = read(namesOf('ENDPOINT'), isHttpUrl, 'must be a URL such as https://collector.example:4318');
    const isKnown = (value: string) => PROTOCOLS.some((known) => known === value);
    const protocol = read(namesOf('PROTOCOL'), isKnown, `must be one of ${PROTOCOLS.join(', ')}`);
    // A collector that expects gRPC understands nothing else.
    const isOther = protocol === null && namesOf('PROTOCOL').some((name) => env[name]);
    if (url === null || isOther || env[`OTEL_${signal}_EXPORTER`] === 'none') return null;
    return protocol === 'http/json' ? protocol : 'http/protobuf';
  };
  const number = (name: string, least: number, fallback: number) =>
    Number(
      read([name], (value) => Number(value) >= least, `must be a number of at least ${least}`) ?? fallback,
    );

  const targets = {
    connectionString: read(
      ['APPLICATIONINSIGHTS_CONNECTION_STRING'],
      (value) => INSTRUMENTATION_KEY.test(value),
      'must hold InstrumentationKey=…;',
    ),
    otlp: { traces: otlp('TRACES'), metrics: otlp('METRICS') },
  };
  const settings = {
    ...(env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' ? NOWHERE : targets),
    tracesPerSecond: tracesPerSecond(env.OTEL_TRACES_SAMPLER, () => number('OTEL_TRACES_SAMPLER_ARG', 0, 5)),
    metricIntervalMs: number('OTEL_METRIC_EXPORT_INTERVAL', 100, 30_000),
    resource: resourceOf(env),
  };
  return { settings, problems: [...problems].map(([name, problem]) => ({ name, problem })) };
}

const NOWHERE = { connectionString: null, otlp: { traces: null, metrics: null } };

/**
 * Five by default, as in Microsoft's exporter for .NET: it bounds what a busy or flooded instance spends on traces.
 * OpenTelemetry's own default asks the caller, and the Functions host marks every trace as not kept.
 */
function tracesPerSecond(sampler: string | undefined, argument: () => number): number | null {
  if (!sampler) return 5;
  return sampler === RATE_LIMITED ? argument() : null;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
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
