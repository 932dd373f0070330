import { hostname } from 'node:os';
import packageJson from '../../package.json' with { type: 'json' };

/** Where and how telemetry is sent, as the environment says. */
export type TelemetrySettings = {
  /** Of Application Insights; null when nothing goes there. */
  connectionString: string | null;
  otlp: { traces: OtlpTarget | null; metrics: OtlpTarget | null };
  /** `argument` is a share of the traces; of `microsoft.rate_limited`, traces a second. */
  sampler: { name: SamplerName; argument: number };
  spanDelayMs: number;
  metricIntervalMs: number;
  /** What tells this app and this instance from others. */
  resource: Record<string, string>;
};

export type OtlpTarget = { url: string; headers: Record<string, string>; protocol: OtlpProtocol };

export type SamplerName = (typeof SAMPLERS)[number];

type OtlpProtocol = (typeof PROTOCOLS)[number];

/** Settings that cannot be used, by name, never with a value. What they ask for is left out; the rest stands. */
export type TelemetryProblem = { name: string; problem: string };

const PROTOCOLS = ['http/protobuf', 'http/json'] as const;
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  // By the name that Microsoft's distribution of OpenTelemetry has for it.
  'microsoft.rate_limited',
] as const;

/**
 * Where no sampler is set, as in Microsoft's exporter for .NET: it bounds what a busy or flooded instance spends on traces.
 * OpenTelemetry's own default asks the caller, and the Functions host says of each trace that it does not keep it, where it
 * runs without OpenTelemetry itself.
 */
const DEFAULT_SAMPLER = { name: 'microsoft.rate_limited', argument: 5 } as const;

const { version } = packageJson;

type Signal = 'TRACES' | 'METRICS';
type Environment = Readonly<Record<string, string | undefined>>;

/** Makes a value of a setting's text; undefined when it cannot. Not zod: a start would wait for all its schemas. */
type Parse<Value> = (text: string) => Value | undefined;

const httpUrl: Parse<string> = (text) =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined;
const milliseconds: Parse<number> = (text) =>
  /^\d{1,7}$/.test(text) && Number(text) >= 100 ? Number(text) : undefined;
const decimal: Parse<number> = (text) => (/^\d*\.?\d+$/.test(text) ? Number(text) : undefined);
const ratio: Parse<number> = (text) => {
  const value = decimal(text);
  return value !== undefined && value <= 1 ? value : undefined;
};
const connectionString: Parse<string> = (text) =>
  /^(\s*[^=;]+=[^=;]*(;|$))+$/.test(text) && INSTRUMENTATION_KEY.test(text) ? text : undefined;
const oneOf =
  <Value extends string>(values: readonly Value[]): Parse<Value> =>
  (text) =>
    values.find((value) => value === text);

const INSTRUMENTATION_KEY = /(^|;)\s*InstrumentationKey=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*(;|$)/i;
const PAIRS_PROBLEM = 'must be pairs such as name=value, separated by commas';

/**
 * Reads the standard variables of OpenTelemetry and Application Insights. What is malformed is reported and left
 * out: telemetry must never stand in the way of messages.
 */
export function readTelemetrySettings(env: Environment): {
  settings: TelemetrySettings;
  problems: TelemetryProblem[];
} {
  const problems: TelemetryProblem[] = [];
  const read: Read = (name, parse, problem) => {
    const text = env[name];
    if (text === undefined || text === '') return undefined;
    const value = parse(text);
    if (value === undefined) problems.push({ name, problem });
    return value;
  };
  const target = (signal: Signal) => otlpTarget(signal, env, read);
  const settings: TelemetrySettings = {
    connectionString:
      read('APPLICATIONINSIGHTS_CONNECTION_STRING', connectionString, 'must hold InstrumentationKey=…;') ??
      null,
    otlp: { traces: target('TRACES'), metrics: target('METRICS') },
    sampler: samplerIn(read),
    spanDelayMs:
      read('OTEL_BSP_SCHEDULE_DELAY', milliseconds, 'must be a number of milliseconds, at least 100') ??
      2_000,
    metricIntervalMs:
      read('OTEL_METRIC_EXPORT_INTERVAL', milliseconds, 'must be a number of milliseconds, at least 100') ??
      30_000,
    resource: resourceOf(env, read('OTEL_RESOURCE_ATTRIBUTES', toPairs, PAIRS_PROBLEM) ?? {}),
  };
  const isOff = env.OTEL_SDK_DISABLED?.toLowerCase() === 'true';
  return { settings: isOff ? { ...settings, ...NOWHERE } : settings, problems: uniqueByName(problems) };
}

const NOWHERE = { connectionString: null, otlp: { traces: null, metrics: null } };

type Read = <Value>(name: string, parse: Parse<Value>, problem: string) => Value | undefined;

/** The argument is the sampler's that is set with it. */
function samplerIn(read: Read): TelemetrySettings['sampler'] {
  const name = read('OTEL_TRACES_SAMPLER', oneOf(SAMPLERS), `must be one of ${SAMPLERS.join(', ')}`);
  if (name === undefined) return DEFAULT_SAMPLER;
  const [parse, problem, usual] =
    name === DEFAULT_SAMPLER.name
      ? ([decimal, 'must be a number of traces a second, such as 5', DEFAULT_SAMPLER.argument] as const)
      : ([ratio, 'must be a number from 0 to 1', 1] as const);
  return { name, argument: read('OTEL_TRACES_SAMPLER_ARG', parse, problem) ?? usual };
}

/** The variables of one signal win over the common ones; only the common endpoint gets the signal's path. */
function otlpTarget(signal: Signal, env: Environment, read: Read): OtlpTarget | null {
  if (env[`OTEL_${signal}_EXPORTER`] === 'none') return null;
  const own = <Value>(rest: string, parse: Parse<Value>, problem: string) =>
    read(`OTEL_EXPORTER_OTLP_${signal}_${rest}`, parse, problem) ??
    read(`OTEL_EXPORTER_OTLP_${rest}`, parse, problem);

  const ownUrl = read(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, httpUrl, URL_PROBLEM);
  const commonUrl = read('OTEL_EXPORTER_OTLP_ENDPOINT', httpUrl, URL_PROBLEM);
  const url = ownUrl ?? (commonUrl && `${commonUrl.replace(/\/$/, '')}/v1/${signal.toLowerCase()}`);
  const protocol = own('PROTOCOL', oneOf(PROTOCOLS), `must be one of ${PROTOCOLS.join(', ')}`);
  const headers = own('HEADERS', toPairs, PAIRS_PROBLEM);
  const asksForAnother = protocol === undefined && isSet(env, signal, 'PROTOCOL');
  // A collector that wants gRPC understands nothing else, and one that wants a key nothing without it.
  if (url === undefined || asksForAnother || (headers === undefined && isSet(env, signal, 'HEADERS')))
    return null;
  return { url, headers: headers ?? {}, protocol: protocol ?? 'http/protobuf' };
}

const URL_PROBLEM = 'must be a URL such as https://collector.example:4318';

function isSet(env: Environment, signal: Signal, rest: string): boolean {
  return Boolean(env[`OTEL_EXPORTER_OTLP_${signal}_${rest}`] || env[`OTEL_EXPORTER_OTLP_${rest}`]);
}

/** In Azure the platform's variables name the app, its instance and its region. */
function resourceOf(env: Environment, given: Record<string, string>): Record<string, string> {
  const { WEBSITE_SITE_NAME: site, WEBSITE_INSTANCE_ID: instance, REGION_NAME: region } = env;
  const { OTEL_SERVICE_NAME: name } = env;
  return {
    'service.name': site || 'ordercloud-product-sync',
    'service.version': version,
    'service.instance.id': instance || `${hostname()}-${process.pid}`,
    ...(site && { 'cloud.provider': 'azure', 'cloud.platform': 'azure_functions', 'faas.name': site }),
    ...(instance && { 'faas.instance': instance }),
    ...(region && { 'cloud.region': region }),
    ...given,
    ...(name && { 'service.name': name }),
  };
}

/** Pairs as in W3C's baggage: values may be percent-encoded. Undefined when it is anything else. */
function toPairs(text: string): Record<string, string> | undefined {
  const found = text.split(',').filter((pair) => pair.trim() !== '');
  try {
    return Object.fromEntries(
      found.map((pair) => {
        const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
        if (name === undefined || value === undefined) throw new Error('not a pair');
        return [name, decodeURIComponent(value)];
      }),
    );
  } catch {
    return undefined;
  }
}

function uniqueByName(problems: readonly TelemetryProblem[]): TelemetryProblem[] {
  return [...new Map(problems.map((problem) => [problem.name, problem])).values()];
}
