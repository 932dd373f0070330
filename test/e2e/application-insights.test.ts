import { afterEach, expect, it, vi } from 'vitest';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { signatureOf } from '../../src/message/signature.ts';
import { startTestCosmos } from '../support/cosmos.ts';
import { envelope } from '../support/deliveries.ts';
import { startBuiltApp } from '../support/host-process.ts';
import { startIngestion } from '../support/ingestion.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const INSTRUMENTATION_KEY = '00000000-0000-0000-0000-00000000c0de';

it('Application Insights gets dependencies and metrics, and no request of its own', {
  timeout: 60_000,
}, async () => {
  const ingestion = await startIngestion();
  cleanUps.push(() => ingestion.close());
  const cosmos = await startTestCosmos();
  cleanUps.push(() => cosmos.close());
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
  cleanUps.push(() => host.end('SIGKILL'));
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
