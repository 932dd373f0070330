import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { LOCAL_WEBHOOK_SECRET } from '../../local/local-webhook-secret.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { startTestCosmos } from '../support/cosmos.ts';
import { envelope } from '../support/deliveries.ts';
import { startIngestion } from '../support/ingestion.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const INSTRUMENTATION_KEY = '00000000-0000-0000-0000-00000000c0de';

/** The built app in a process of its own: only at its start does Node.js read which authorities to trust. */
async function startHost(env: NodeJS.ProcessEnv): Promise<string> {
  const host = spawn(process.execPath, ['--import', 'tsx', 'test/support/chaos-host.ts'], { env });
  const kill = () => host.kill('SIGKILL');
  process.once('exit', kill);
  cleanUps.push(async () => {
    const ended = once(host, 'exit');
    if (kill()) await ended;
    process.off('exit', kill);
  });
  host.stderr.pipe(process.stderr);
  return new Promise<string>((resolve, reject) => {
    let printed = '';
    host.stdout.on('data', (chunk) => {
      printed += chunk;
      const url = /ready (\S+)/.exec(printed)?.[1];
      if (url !== undefined) resolve(url);
    });
    host.once('exit', () => reject(new Error('the host ended at its start')));
  });
}

it('Application Insights gets dependencies and metrics, and no request of its own', {
  timeout: 60_000,
}, async () => {
  const ingestion = await startIngestion();
  cleanUps.push(() => ingestion.close());
  const cosmos = await startTestCosmos();
  cleanUps.push(() => cosmos.close());
  const url = await startHost({
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
  const body = envelope({ ProductID: 'INSIGHT', Name: 'marker-of-a-payload' });
  const answer = await fetch(`${url}/api/webhooks/products`, {
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
