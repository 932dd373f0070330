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

  it('for both signals is sent protobuf, unless JSON is asked for', () => {
    expect(settingsOf({ [ENDPOINT]: COLLECTOR }).otlp).toEqual({
      traces: 'http/protobuf',
      metrics: 'http/protobuf',
    });
    const env = { [ENDPOINT]: COLLECTOR, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
    expect(settingsOf(env).otlp).toEqual({ traces: 'http/json', metrics: 'http/json' });
  });

  it('for one signal wins', () => {
    const env = {
      [ENDPOINT]: 'no URL',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces.example/in',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    };
    expect(settingsOf(env).otlp).toEqual({ traces: 'http/json', metrics: null });
  });

  it('may be for one signal alone', () => {
    const metricsAlone = { traces: null, metrics: 'http/protobuf' };
    expect(settingsOf({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: COLLECTOR }).otlp).toEqual(metricsAlone);
    expect(settingsOf({ [ENDPOINT]: COLLECTOR, OTEL_TRACES_EXPORTER: 'none' }).otlp).toEqual(metricsAlone);
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

describe('traces a second', () => {
  it.each([
    [{}, 5],
    // An argument without a sampler is nobody's.
    [{ OTEL_TRACES_SAMPLER_ARG: '0.1' }, 5],
    [{ OTEL_TRACES_SAMPLER: 'microsoft.rate_limited' }, 5],
    [{ OTEL_TRACES_SAMPLER: 'microsoft.rate_limited', OTEL_TRACES_SAMPLER_ARG: '20' }, 20],
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, null],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' }, null],
  ])('of %o are %d; null is for the SDK to read', (env, expected) => {
    expect(readTelemetrySettings(env)).toMatchObject({
      settings: { tracesPerSecond: expected },
      problems: [],
    });
  });
});

describe('a setting that is malformed', () => {
  it.each([
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'InstrumentationKey=hush'],
    [ENDPOINT, 'hush:4317'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'hush'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_METRIC_EXPORT_INTERVAL', 'soon'],
    ['OTEL_METRIC_EXPORT_INTERVAL', '1'],
  ])('is reported by its name, and never with its value: %s=%s', (name, value) => {
    const { problems } = readTelemetrySettings({ [name]: value });
    expect(problems).toEqual([{ part: 'telemetry', name, problem: expect.stringMatching(/^must /) }]);
    expect(JSON.stringify(problems)).not.toContain('hush');
  });

  it('is a number of traces that is none', () => {
    const env = { OTEL_TRACES_SAMPLER: 'microsoft.rate_limited', OTEL_TRACES_SAMPLER_ARG: 'hush' };
    expect(readTelemetrySettings(env)).toMatchObject({
      settings: { tracesPerSecond: 5 },
      problems: [{ name: 'OTEL_TRACES_SAMPLER_ARG' }],
    });
  });

  it('exports nothing to a collector that would not understand it', () => {
    const env = { [ENDPOINT]: COLLECTOR, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    expect(settingsOf(env).otlp).toEqual({ traces: null, metrics: null });
  });

  it('leaves the others as they are', () => {
    const env = {
      APPLICATIONINSIGHTS_CONNECTION_STRING: 'hush',
      [ENDPOINT]: COLLECTOR,
      OTEL_METRIC_EXPORT_INTERVAL: '500',
    };
    expect(settingsOf(env)).toMatchObject({
      connectionString: null,
      otlp: { traces: 'http/protobuf', metrics: 'http/protobuf' },
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
});
