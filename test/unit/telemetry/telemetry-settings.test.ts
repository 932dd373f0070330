import { describe, expect, it } from 'vitest';
import { readTelemetrySettings } from '../../../src/telemetry/telemetry-settings.ts';

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const COLLECTOR = 'https://collector.example:4318';
const CONNECTION_STRING =
  'InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=https://westeurope.example/';
const settingsOf = (env: Record<string, string>) => readTelemetrySettings(env).settings;

describe('a target', () => {
  it('is nowhere, unless one is set', () => {
    expect(
      readTelemetrySettings({ APPLICATIONINSIGHTS_CONNECTION_STRING: '', [ENDPOINT]: '' }),
    ).toMatchObject({
      settings: { connectionString: null, otlp: { traces: null, metrics: null } },
      problems: [],
    });
  });

  it('for both signals gets the path of each', () => {
    for (const url of [COLLECTOR, `${COLLECTOR}/`]) {
      expect(settingsOf({ [ENDPOINT]: url }).otlp).toEqual({
        traces: { url: `${COLLECTOR}/v1/traces`, headers: {}, protocol: 'http/protobuf' },
        metrics: { url: `${COLLECTOR}/v1/metrics`, headers: {}, protocol: 'http/protobuf' },
      });
    }
  });

  it('for one signal is taken as it is, and wins', () => {
    const env = {
      [ENDPOINT]: COLLECTOR,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces.example/in',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'key=common',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'key=a%20b, other = c=d',
    };
    expect(settingsOf(env).otlp).toEqual({
      traces: {
        url: 'http://traces.example/in',
        headers: { key: 'a b', other: 'c=d' },
        protocol: 'http/json',
      },
      metrics: { url: `${COLLECTOR}/v1/metrics`, headers: { key: 'common' }, protocol: 'http/protobuf' },
    });
  });

  it('may be for one signal alone', () => {
    expect(settingsOf({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: COLLECTOR }).otlp).toMatchObject({
      traces: null,
      metrics: { url: COLLECTOR },
    });
    expect(settingsOf({ [ENDPOINT]: COLLECTOR, OTEL_TRACES_EXPORTER: 'none' }).otlp).toMatchObject({
      traces: null,
      metrics: {},
    });
  });

  it('is nowhere when everything is disabled', () => {
    const env = { [ENDPOINT]: COLLECTOR, APPLICATIONINSIGHTS_CONNECTION_STRING: CONNECTION_STRING };
    expect(settingsOf(env).connectionString).toBe(CONNECTION_STRING);
    expect(settingsOf({ ...env, OTEL_SDK_DISABLED: 'true' })).toMatchObject({
      connectionString: null,
      otlp: { traces: null, metrics: null },
    });
  });
});

describe('the sampler', () => {
  it.each([
    [{}, 'microsoft.rate_limited', 5],
    // An argument without a sampler is nobody's.
    [{ OTEL_TRACES_SAMPLER_ARG: '0.1' }, 'microsoft.rate_limited', 5],
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, 'always_on', 1],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' }, 'traceidratio', 0.1],
    [{ OTEL_TRACES_SAMPLER: 'microsoft.rate_limited' }, 'microsoft.rate_limited', 5],
    [
      { OTEL_TRACES_SAMPLER: 'microsoft.rate_limited', OTEL_TRACES_SAMPLER_ARG: '20' },
      'microsoft.rate_limited',
      20,
    ],
  ])('of %o is %s with %d', (env, name, argument) => {
    expect(settingsOf(env).sampler).toEqual({ name, argument });
  });
});

describe('a setting that is malformed', () => {
  it.each([
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'InstrumentationKey=hush'],
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', `${CONNECTION_STRING};hush`],
    [ENDPOINT, 'hush:4317'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'hush'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'hush'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'key=%hush'],
    ['OTEL_TRACES_SAMPLER', 'hush'],
    ['OTEL_BSP_SCHEDULE_DELAY', '1'],
    ['OTEL_METRIC_EXPORT_INTERVAL', 'soon'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'hush'],
  ])('is reported by its name, and never with its value: %s=%s', (name, value) => {
    const { problems } = readTelemetrySettings({ [name]: value });
    expect(problems).toEqual([{ name, problem: expect.stringMatching(/^must /) }]);
    expect(JSON.stringify(problems)).not.toContain('hush');
  });

  it.each([
    ['traceidratio', '2'],
    ['microsoft.rate_limited', 'hush'],
  ])("is a sampler's argument that does not fit it: %s with %s", (OTEL_TRACES_SAMPLER, value) => {
    const { problems } = readTelemetrySettings({ OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG: value });
    expect(problems).toEqual([{ name: 'OTEL_TRACES_SAMPLER_ARG', problem: expect.stringMatching(/^must /) }]);
  });

  it.each([{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, { OTEL_EXPORTER_OTLP_HEADERS: 'not a pair' }])(
    'exports nothing to a collector that would not understand it: %o',
    (env) => {
      expect(settingsOf({ [ENDPOINT]: COLLECTOR, ...env }).otlp).toEqual({ traces: null, metrics: null });
    },
  );

  it('leaves the others as they are', () => {
    const env = { [ENDPOINT]: COLLECTOR, OTEL_TRACES_SAMPLER: 'hush', OTEL_METRIC_EXPORT_INTERVAL: '500' };
    expect(settingsOf(env)).toMatchObject({
      otlp: { traces: {}, metrics: {} },
      sampler: { name: 'microsoft.rate_limited', argument: 5 },
      metricIntervalMs: 500,
    });
  });
});

describe('the origin of telemetry', () => {
  it('is this app on this machine', () => {
    expect(settingsOf({}).resource).toEqual({
      'service.name': 'ordercloud-product-sync',
      'service.version': expect.stringMatching(/^\d/),
      'service.instance.id': expect.any(String),
    });
  });

  it('is the site and its instance in Azure', () => {
    const azure = {
      WEBSITE_SITE_NAME: 'roastery-sync',
      WEBSITE_INSTANCE_ID: 'a1',
      REGION_NAME: 'West Europe',
    };
    expect(settingsOf(azure).resource).toMatchObject({
      'service.name': 'roastery-sync',
      'service.instance.id': 'a1',
      'cloud.platform': 'azure_functions',
      'cloud.region': 'West Europe',
    });
  });

  it('is what the operator says', () => {
    const env = {
      WEBSITE_SITE_NAME: 'roastery-sync',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=less,deployment.environment.name=test%201',
      OTEL_SERVICE_NAME: 'more',
    };
    expect(settingsOf(env).resource).toMatchObject({
      'service.name': 'more',
      'deployment.environment.name': 'test 1',
    });
  });
});
