import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { record } from '../../src/telemetry/metrics.ts';
import { startTelemetry } from '../../src/telemetry/start-telemetry.ts';
import { readTelemetrySettings } from '../../src/telemetry/telemetry-settings.ts';
import { traced } from '../../src/telemetry/trace.ts';
import { startTestCosmos } from '../support/cosmos.ts';
import { envelope } from '../support/deliveries.ts';
import { startBuiltApp } from '../support/host-process.ts';
import { startIngestion } from '../support/ingestion.ts';
import { type LogLine, recordingLog } from '../support/log.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';

function start(env: Record<string, string>) {
  // The libraries read the environment themselves.
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const lines: LogLine[] = [];
  const telemetry = startTelemetry(recordingLog(lines), readTelemetrySettings(env).settings);
  onTestFinished(() => telemetry.end());
  return { telemetry, lines };
}

/** What makes no span that is recorded has nobody to record for. */
const isAttached = async () => traced('probe', {}, async (span) => span.isRecording());

describe.each(['http/protobuf', 'http/json'])('with a collector that speaks %s', (protocol) => {
  it('is attached after the start, and sends what is left when it ends', async () => {
    const receiver = await startOtlpReceiver();
    const { telemetry, lines } = start({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    });
    expect(await isAttached()).toBe(false);
    await vi.waitUntil(isAttached, 10_000);
    await traced('work', {}, async () => {});
    record('productsync.messages', 1, { transport: 'http', outcome: 'created' });
    await telemetry.end();
    const names = [
      ...receiver.spans.map(({ name }) => name),
      ...receiver.metrics.keys(),
      ...receiver.protobuf,
    ];
    expect(names.join()).toContain('work');
    expect(names.join()).toContain('productsync.messages');
    const type = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf';
    expect(receiver.requests.map(({ headers }) => headers['content-type'])).toEqual([type, type]);
    expect(lines).toEqual([]);
    expect(await isAttached()).toBe(false);
  });
});

describe("what OpenTelemetry's libraries read themselves", () => {
  const probe = async (env: Record<string, string>) => {
    const receiver = await startOtlpReceiver();
    const { telemetry, lines } = start({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      ...env,
    });
    await vi.waitUntil(isAttached, 10_000);
    await telemetry.end();
    return { receiver, lines };
  };

  it("has no say in Microsoft's sampler, which the SDK does not know", async () => {
    const { lines } = await probe({ OTEL_TRACES_SAMPLER: 'microsoft.rate_limited' });
    expect(lines).toEqual([]);
  });

  it('reaches them: headers, and the origin', async () => {
    const { receiver } = await probe({
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=key%20of%20the%20collector',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=less,deployment.environment.name=test%201',
      OTEL_SERVICE_NAME: 'more',
    });
    expect(receiver.requests[0]?.headers['api-key']).toBe('key of the collector');
    expect(receiver.resources[0]).toMatchObject({
      'service.name': 'more',
      'service.version': expect.stringMatching(/^\d/),
      'deployment.environment.name': 'test 1',
    });
  });
});

describe('where settings ask for nothing, or for what cannot be', () => {
  it('nothing is attached, and ending it is no work', async () => {
    const { telemetry, lines } = start({});
    await telemetry.end();
    expect({ isAttached: await isAttached(), lines }).toEqual({ isAttached: false, lines: [] });
  });
});

const INSTRUMENTATION_KEY = '00000000-0000-0000-0000-00000000c0de';

it('Application Insights gets dependencies and metrics, and no request of its own', {
  timeout: 60_000,
}, async () => {
  const ingestion = await startIngestion();
  const cosmos = await startTestCosmos();
  onTestFinished(() => cosmos.close());
  // In a process of its own: only at its start does Node.js read which authorities to trust.
  const host = await startBuiltApp({
    PATH: process.env.PATH,
    NODE_EXTRA_CA_CERTS: ingestion.authorities,
    AzureWebJobsStorage: 'not used here',
    COSMOS_CONNECTION_STRING: cosmos.connectionString,
    ORDERCLOUD_WEBHOOK_SECRETS: LOCAL_WEBHOOK_SECRET,
    APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${INSTRUMENTATION_KEY};IngestionEndpoint=${ingestion.url}`,
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_METRIC_EXPORT_INTERVAL: '2000',
    WEBSITE_SITE_NAME: 'roastery-sync',
  });
  onTestFinished(async () => void (await host.end('SIGKILL')));
  const body = envelope({ ProductID: 'INSIGHT', Name: 'marker-of-a-payload' });
  const answer = await fetch(`${host.url}/api/webhooks/products`, {
    method: 'POST',
    body,
    headers: {
      'x-oc-hash': signatureOf(body, LOCAL_WEBHOOK_SECRET),
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
  });
  expect(answer.status).toBe(200);

  const ofType = (type: string) => ingestion.envelopes.filter(({ data }) => data.baseType === type);
  const dependency = (name: string) =>
    ofType('RemoteDependencyData').find(({ data }) => data.baseData.name === name);
  const metric = (name: string) =>
    ofType('MetricData').find(({ data }) => JSON.stringify(data.baseData.metrics).includes(`"${name}"`));
  await vi.waitFor(() => {
    expect(dependency('process webhook')).toBeDefined();
    expect(metric('productsync.messages')).toBeDefined();
  }, 30_000);

  expect(dependency('process webhook')?.tags).toMatchObject({
    'ai.operation.id': '4bf92f3577b34da6a3ce929d0e0e4736',
    'ai.operation.parentId': '00f067aa0ba902b7',
    'ai.cloud.role': 'roastery-sync',
  });
  expect(dependency('write product')?.data.baseData).toMatchObject({
    type: 'InProc',
    success: true,
    properties: { 'productsync.product.id': 'INSIGHT', 'productsync.outcome': 'created' },
  });
  expect(dependency('create_item products')?.data.baseData).toMatchObject({
    type: 'azure.cosmosdb',
    properties: { 'db.response.status_code': '201' },
  });
  expect(metric('productsync.messages')?.data.baseData).toMatchObject({
    metrics: [{ name: 'productsync.messages', value: 1 }],
    properties: { transport: 'http', outcome: 'created' },
  });
  expect(ofType('RequestData')).toEqual([]);
  const sent = JSON.stringify(ingestion.envelopes);
  expect(sent).toContain(INSTRUMENTATION_KEY);
  expect(sent).not.toContain('marker-of-a-payload');
});
