import { expect, it } from 'vitest';
import { readEventSamples } from '../../../cli/demo/samples.ts';
import { syncBatch } from '../../../src/sync/sync-batch.ts';
import { eventHubDelivery } from '../../support/deliveries.ts';
import { recordingLog } from '../../support/log.ts';
import { memoryStores } from '../../support/memory-stores.ts';
import { syncSettings } from '../../support/settings.ts';

const POLICY = { budgetMs: 1_000, firstDelayMs: 1, maxDelayMs: 1 };
const settings = syncSettings({ writeConcurrency: 1 });

it('events with positions come out as their expectations say', async () => {
  const stores = memoryStores();
  for (const { name, event, expected } of readEventSamples()) {
    const { partition, sequence, enqueuedTime: time, properties, body } = event;
    const delivery = eventHubDelivery({ payload: body }, { partition, sequence, time, properties });
    const parts = { ...stores, policy: POLICY, settings, log: recordingLog() };
    const [settled] = (await syncBatch(parts, [delivery])).settled;
    expect([name, settled?.outcome, settled?.productId]).toEqual([
      name,
      expected.outcome,
      expected.productId,
    ]);
    const item = stores.items.get(String(expected.productId));
    if (item === undefined) throw new Error(`${name}: nothing is stored`);
    const { sync: _, ...content } = item;
    if (expected.document === null) expect(Object.keys(content).sort()).toEqual(['deleted', 'id', 'ttl']);
    else expect(content).toEqual(expected.document);
  }
});
