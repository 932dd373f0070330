import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, it } from 'vitest';
import { receiveBatch } from '../../src/sync/receive-batch.ts';
import { eventHubDelivery } from '../support/deliveries.ts';
import { recordingLog } from '../support/log.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { updateOf } from '../support/messages.ts';
import { syncSettings } from '../support/settings.ts';

it('a batch is counted by transport and outcome, and measured', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  const settings = syncSettings();
  const batch = [
    updateOf('KETTLE', 'Kettle'),
    eventHubDelivery({ payload: { ProductID: 7 } }, { sequence: 2 }),
  ];
  await receiveBatch({ ...memoryStores(), settings, log: recordingLog() }, batch, {
    budgetMs: 1_000,
    firstDelayMs: 1,
    maxDelayMs: 1,
  });
  await reader.forceFlush();
  const exported = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const points = (name: string) =>
    exported.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
  expect(points('productsync.messages').map(({ attributes, value }) => ({ ...attributes, value }))).toEqual([
    { transport: 'eventhub', outcome: 'dead-lettered', reason: 'invalid-message', value: 1 },
    { transport: 'eventhub', outcome: 'created', value: 1 },
  ]);
  for (const name of ['productsync.batch.size', 'productsync.lag', 'productsync.batch.duration']) {
    expect(points(name)).toMatchObject([
      { attributes: { stream: 'eventhub/products/0' }, value: { count: 1 } },
    ]);
  }
  await reader.shutdown();
});
