import { afterAll, beforeAll, expect, it } from 'vitest';
import { productEventHub } from '../../functions/product-event-hub.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { startTestCosmos, type TestCosmos } from '../support/cosmos.ts';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { PAYLOAD_MARKER } from '../support/leaks/find-leak.ts';
import { invocationContext, recordingLog } from '../support/log.ts';

let cosmos: TestCosmos;
beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

type Poison = { body: Buffer; type?: string; becomes: string };

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** Every kind of bad event, and what must become of it. */
const POISON: readonly Poison[] = [
  { body: Buffer.from(`{"ProductID":${PAYLOAD_MARKER}`), becomes: 'invalid-json' },
  { body: Buffer.alloc(0), becomes: 'invalid-json' },
  { body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), becomes: 'invalid-json' },
  { body: Buffer.from(nested(50_000)), becomes: 'invalid-message' },
  { body: Buffer.from(`{"ProductID":"DEEP","xp":${nested(101)}}`), becomes: 'invalid-message' },
  {
    body: json({
      ProductID: 'TYPES',
      Active: PAYLOAD_MARKER,
      Specs: [{}],
      ShipWeight: [],
      [PAYLOAD_MARKER]: 1,
    }),
    becomes: 'invalid-message',
  },
  { body: json({ Name: PAYLOAD_MARKER }), becomes: 'invalid-message' },
  { body: json({ ProductID: 'a/b' }), becomes: 'invalid-message' },
  { body: json({ ProductID: 'LARGE', xp: { text: 'x'.repeat(2_000_000) } }), becomes: 'document-too-large' },
  { body: json({ ProductID: 'BAKERY', Marketplace: PAYLOAD_MARKER }), becomes: 'wrong-marketplace' },
  { body: json({ ProductID: 'NO-TYPE', Name: PAYLOAD_MARKER }), type: '', becomes: 'missing-type' },
  { body: json({}), type: PRODUCT_DELETED, becomes: 'invalid-message' },
  {
    body: Buffer.from('not even JSON'),
    type: 'sitecore.ordercloud.messages.order.submitted',
    becomes: 'ignored',
  },
  { body: json(null), becomes: 'invalid-message' },
  { body: json([1, 2]), becomes: 'invalid-message' },
];

it('a batch of 100 with 30 bad events of every kind is settled in one pass', async () => {
  const good = Array.from({ length: 70 }, (_, index) => ({
    body: json({
      ProductID: `GOOD-${index}`,
      Name: PAYLOAD_MARKER,
      xp: { [PAYLOAD_MARKER]: PAYLOAD_MARKER },
    }),
  }));
  // Each kind twice, the second time as an event of its own.
  const bad = [
    ...POISON,
    ...POISON.map((poison) => ({ ...poison, body: Buffer.concat([poison.body, Buffer.from(' ')]) })),
  ];
  const events: { body: Buffer; type?: string }[] = [
    ...bad.slice(0, 10),
    ...good.slice(0, 35),
    ...bad.slice(10, 20),
    ...good.slice(35),
    ...bad.slice(20),
  ];
  expect(events).toHaveLength(100);

  const lines: string[] = [];
  const app = createApp(
    readConfig({
      COSMOS_CONNECTION_STRING: cosmos.connectionString,
      ORDERCLOUD_MARKETPLACE_ID: 'roastery',
    }),
    recordingLog(),
  );
  const triggerMetadata = {
    propertiesArray: events.map(({ type = PRODUCT_UPDATED }) => ({ type })),
    sequenceNumberArray: events.map((_, index) => index),
    enqueuedTimeUtcArray: events.map(() => '2026-11-22T12:00:00'),
    partitionContext: { partitionId: '0' },
  };
  const context = invocationContext({ triggerMetadata }, lines);
  await productEventHub(app, { hub: 'products', consumerGroup: '$Default' }).handler(
    events.map(({ body }) => body),
    context,
  );

  const products = await cosmos.products.items.query('SELECT VALUE c.id FROM c').fetchAll();
  expect(products.resources).toHaveLength(70);
  const kept = await cosmos.deadLetters.items.query<string>('SELECT VALUE c.reason FROM c').fetchAll();
  const expected = POISON.flatMap(({ becomes }) => (becomes === 'ignored' ? [] : [becomes, becomes]));
  expect(kept.resources.sort()).toEqual(expected.sort());
  expect(JSON.parse(lines.at(-1)?.replace(/^\w+ /, '') ?? '')).toMatchObject({
    created: 70,
    'dead-lettered': 28,
    ignored: 2,
  });
});
