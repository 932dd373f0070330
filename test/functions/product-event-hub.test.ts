import type { TriggerMetadata } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productEventHub } from '../../functions/product-event-hub.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { startTestCosmos, type TestCosmos } from '../support/cosmos.ts';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { invocationContext, recordingLog } from '../support/log.ts';

const HUB = { hub: 'products', consumerGroup: '$Default' };

let cosmos: TestCosmos;
beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

type Event = { body: Buffer; sequence?: unknown; time?: unknown; properties?: Record<string, unknown> };

/** Metadata as the worker hands it over: the first letter of every key is in lower case, times are UTC without Z. */
function metadataOf(events: readonly Event[], partitionId = '0'): TriggerMetadata {
  return {
    propertiesArray: events.map(({ properties }) => properties ?? { type: PRODUCT_UPDATED }),
    sequenceNumberArray: events.map(({ sequence }, index) => sequence ?? index + 1),
    enqueuedTimeUtcArray: events.map(({ time }) => time ?? '2026-11-22T12:00:00.1234567'),
    partitionContext: { partitionId, eventHubName: 'products', consumerGroup: '$Default' },
  };
}

async function receive(events: readonly Event[], metadata: TriggerMetadata | undefined = metadataOf(events)) {
  const lines: string[] = [];
  const app = createApp(readConfig({ COSMOS_CONNECTION_STRING: cosmos.connectionString }), recordingLog());
  const context = invocationContext({ ...(metadata && { triggerMetadata: metadata }) }, lines);
  await productEventHub(app, HUB).handler(
    events.map(({ body }) => body),
    context,
  );
  return lines;
}

const stored = async (id: string) => (await cosmos.products.item(id, id).read()).resource;
const product = (ProductID: string, Name = 'Bar Grinder') => Buffer.from(JSON.stringify({ ProductID, Name }));

describe('a batch of events', () => {
  it('is stored under the position that the hub gave each event', async () => {
    await receive([{ body: product('POSITION'), sequence: 4711 }]);
    expect((await stored('POSITION')).sync).toMatchObject({
      transport: 'eventhub',
      stream: 'eventhub/products/0',
      sequence: 4711,
      time: '2026-11-22T12:00:00.123Z',
    });
  });

  it('is summed up in one line', async () => {
    const lines = await receive([
      { body: product('SUM-1') },
      { body: Buffer.from('{"ProductID":"SUM-2"}'), properties: { Type: PRODUCT_DELETED } },
      { body: Buffer.from('not JSON') },
      { body: Buffer.from('{}'), properties: { type: 'sitecore.ordercloud.messages.order.submitted' } },
    ]);
    const summary = JSON.parse(lines.at(-1)?.replace('information ', '') ?? '');
    expect(summary).toMatchObject({
      event: 'batch',
      stream: 'eventhub/products/0',
      firstSequence: 1,
      lastSequence: 4,
      messages: 4,
      created: 1,
      deleted: 1,
      ignored: 1,
      'dead-lettered': 1,
      lagMs: expect.any(Number),
      durationMs: expect.any(Number),
    });
  });

  it('names the types that it ignored, and warns of one that is nearly a product type', async () => {
    const lines = await receive([
      { body: Buffer.from('{}'), properties: { type: 'sitecore.ordercloud.messages.order.submitted' } },
      { body: Buffer.from('{}'), properties: { type: `${PRODUCT_UPDATED} ` } },
    ]);
    expect(JSON.parse(lines.at(-1)?.replace('information ', '') ?? '')).toMatchObject({
      ignored: 2,
      ignoredTypes: ['sitecore.ordercloud.messages.order.submitted', `${PRODUCT_UPDATED} `],
    });
    expect(lines.filter((line) => line.startsWith('warning'))).toEqual([
      expect.stringContaining('nearly a product type'),
    ]);
  });

  it.each([
    ['as text', PRODUCT_DELETED],
    ['as base64, as a Kafka header arrives', Buffer.from(PRODUCT_DELETED).toString('base64')],
  ])('takes the type from its property %s', async (how, type) => {
    await receive([{ body: product(`TYPE ${how}`), properties: { type } }]);
    expect(await stored(`TYPE ${how}`)).toMatchObject({ deleted: true });
  });

  it('reads a sequence number in halves', async () => {
    await receive([{ body: product('HALVES'), sequence: { low: -1, high: 1, unsigned: false } }]);
    expect((await stored('HALVES')).sync.sequence).toBe(2 ** 33 - 1);
  });

  it('may be empty', async () => {
    expect(await receive([])).toHaveLength(1);
  });
});

describe('a position is never invented', () => {
  const one: Event[] = [{ body: product('NEVER') }];
  it.each([
    ['no metadata', {}, 'propertiesArray with no entries for 1 events'],
    [
      'a list that does not line up',
      { ...metadataOf(one), sequenceNumberArray: [1, 2] },
      'sequenceNumberArray with 2',
    ],
    ['properties that do not line up', { ...metadataOf(one), propertiesArray: [] }, 'propertiesArray with 0'],
    ['no partition', { ...metadataOf(one), partitionContext: {} }, 'no partition id'],
    [
      'a partition that is no text',
      { ...metadataOf(one), partitionContext: { partitionId: {} } },
      'no partition id',
    ],
    ['a sequence that is text', metadataOf([{ ...one[0], sequence: 'x' } as Event]), 'no safe integer'],
    [
      'a sequence beyond exactness',
      metadataOf([{ ...one[0], sequence: { low: 0, high: 2 ** 30 } } as Event]),
      'no safe integer',
    ],
    [
      'a time that is no date',
      metadataOf([{ ...one[0], time: 'noon' } as Event]),
      'an enqueued time that is no date',
    ],
  ])('%s fails the invocation and says why', async (_, metadata, why) => {
    // Without a partition nothing else is looked at.
    const withPartition =
      _ === 'no partition' ? metadata : { partitionContext: { partitionId: '0' }, ...metadata };
    await expect(receive(one, withPartition)).rejects.toThrow(why);
    expect(await stored('NEVER')).toBeUndefined();
  });

  it('an event that is not bytes fails the invocation: the trigger is registered wrongly', async () => {
    const app = createApp(readConfig({ COSMOS_CONNECTION_STRING: cosmos.connectionString }), recordingLog());
    const context = invocationContext({ triggerMetadata: metadataOf(one) });
    await expect(productEventHub(app, HUB).handler([{ ProductID: 'x' }], context)).rejects.toThrow(
      'dataType must be binary',
    );
  });
});

describe('an invocation by hand', () => {
  it.each([
    ['with nothing beside the text', {}],
    ['with an empty partition', { partitionContext: {}, sequenceNumber: 0, offset: 0 }],
    ['with the least number there is', { sequenceNumberArray: [{ low: 0, high: -(2 ** 31) }] }],
  ])('is no batch, and comes to an end: %s', async (_, metadata) => {
    const lines = await receive([{ body: product('BY-HAND') }], metadata);
    expect(lines).toEqual([expect.stringMatching(/^warning .*did not come from the broker/)]);
    expect(await stored('BY-HAND')).toBeUndefined();
  });
});

describe('settings that are wrong', () => {
  it('hold the partition instead of dead-lettering', async () => {
    const app = createApp(readConfig({}), recordingLog());
    const context = invocationContext({ triggerMetadata: metadataOf([]) });
    await expect(productEventHub(app, HUB).handler([], context)).rejects.toThrow(
      'COSMOS_CONNECTION_STRING is missing',
    );
  });
});
