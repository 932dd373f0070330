import { afterEach, describe, expect, it, vi } from 'vitest';
import { record } from '../../../src/telemetry/metrics.ts';
import { startTelemetry } from '../../../src/telemetry/start-telemetry.ts';
import { readTelemetrySettings } from '../../../src/telemetry/telemetry-settings.ts';
import { traced } from '../../../src/telemetry/trace.ts';
import { type LogLine, recordingLog } from '../../support/log.ts';
import { startOtlpReceiver } from '../../support/otlp-receiver.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  vi.unstubAllEnvs();
});

function start(env: Record<string, string>) {
  // The libraries read the environment themselves.
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const lines: LogLine[] = [];
  const telemetry = startTelemetry(recordingLog(lines), readTelemetrySettings(env).settings);
  cleanUps.push(() => telemetry.end());
  return { telemetry, lines };
}

/** What makes no span that is recorded has nobody to record for. */
const isAttached = async () => traced('probe', {}, async (span) => span.isRecording());

describe.each(['http/protobuf', 'http/json'])('with a collector that speaks %s', (protocol) => {
  it('is attached after the start, and sends what is left when it ends', async () => {
    const receiver = await startOtlpReceiver();
    cleanUps.push(() => receiver.close());
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
    cleanUps.push(() => receiver.close());
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
