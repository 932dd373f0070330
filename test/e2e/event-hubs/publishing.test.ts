import { randomBytes } from 'node:crypto';
import { type EventData, EventHubBufferedProducerClient, type ReceivedEventData } from '@azure/event-hubs';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  consume,
  failureOf,
  HUB,
  numbers,
  PARTITIONS,
  producerOf,
  RETRY,
  receive,
  startBroker,
  until,
} from './sdk-clients.ts';

describe('published', () => {
  test('a key goes to one partition, and comes back with the event', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    const keys = [
      'AEROPRESS-GO',
      'kettle',
      '',
      'ü'.repeat(40),
      ...Array.from({ length: 16 }, (_, at) => `p-${at}`),
    ];
    const partitionOf = new Map<unknown, string>();
    for (const key of [...keys, ...keys]) await producer.sendBatch([{ body: key }], { partitionKey: key });
    for (const { partitionId, event } of await receive(consume(broker), 2 * keys.length)) {
      expect(event.partitionKey).toBe(event.body);
      expect(partitionOf.get(event.body) ?? partitionId).toBe(partitionId);
      partitionOf.set(event.body, partitionId);
    }
    expect([...partitionOf.keys()].sort()).toEqual([...keys].sort());
    expect([...new Set(partitionOf.values())].sort()).toEqual(PARTITIONS);
  });

  test('a partition id decides, and without one partitions take turns', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    await producer.sendBatch(numbers(5), { partitionId: '3' });
    for (let index = 0; index < 4; index += 1) await producer.sendBatch([{ body: 'turn' }]);
    const events = await receive(consume(broker), 9);
    const turns = events.filter(({ event }) => event.body === 'turn').map(({ partitionId }) => partitionId);
    expect(turns.sort()).toEqual(PARTITIONS);
    expect(events.filter(({ partitionId }) => partitionId === '3')).toHaveLength(6);
  });

  test('buffered, events keep their order by key', async () => {
    const broker = await startBroker();
    const failures: unknown[] = [];
    const producer = new EventHubBufferedProducerClient(broker.connectionString, HUB, {
      maxWaitTimeInMs: 20,
      retryOptions: RETRY,
      onSendEventsErrorHandler: async ({ error }) => void failures.push(error),
    });
    onTestFinished(() => producer.close({ flush: false }));
    const count = 400;
    for (let index = 0; index < count; index += 1) {
      await producer.enqueueEvent({ body: index }, { partitionKey: `product-${index % 10}` });
    }
    await producer.flush();
    expect(failures).toEqual([]);
    const events = await receive(consume(broker), count);
    for (let key = 0; key < 10; key += 1) {
      const ofKey = events.filter(({ event }) => event.body % 10 === key);
      expect(new Set(ofKey.map(({ partitionId }) => partitionId)).size).toBe(1);
      const bodies = ofKey.map(({ event }) => event.body);
      expect(bodies).toEqual(bodies.toSorted((a, b) => a - b));
    }
  });
});

describe('received', () => {
  /** Takes plain events and annotated messages, of which the SDK takes lists of either kind. */
  async function roundTrip(...events: object[]): Promise<ReceivedEventData[]> {
    const broker = await startBroker();
    await producerOf(broker).sendBatch(events as EventData[], { partitionId: '0' });
    const received = await receive(consume(broker, { partitionId: '0' }), events.length);
    return received.map(({ event }) => event);
  }

  test('buffers are byte-exact', async () => {
    const bodies = [0, 1, 254, 255, 256, 257, 65_535, 65_536, 700_000].map((length) => randomBytes(length));
    const broker = await startBroker();
    const producer = producerOf(broker);
    for (const body of bodies) await producer.sendBatch([{ body }], { partitionId: '0' });
    const events = await receive(
      consume(broker, { partitionId: '0', skipParsingBodyAsJson: true }),
      bodies.length,
    );
    for (const [index, { event }] of events.entries()) expect(bodies[index]?.equals(event.body)).toBe(true);
  });

  test('bodies of every kind', async () => {
    const bodies = ['text', 'ü€😀', 42, 1.5, true, null, { id: 'a', nested: [1, { b: null }] }, [1, 'two']];
    const events = await roundTrip(...bodies.map((body) => ({ body })));
    expect(events.map(({ body }) => body)).toEqual(bodies);
  });

  test('value and sequence bodies of annotated messages, with their annotations', async () => {
    const [value, sequence] = await roundTrip(
      {
        body: { price: 39.95 },
        bodyType: 'value',
        messageAnnotations: { origin: 'erp' },
        properties: { subject: 's' },
      },
      { body: [1, 'two'], bodyType: 'sequence', applicationProperties: { step: 2 } },
    );
    expect(value?.body).toEqual({ price: 39.95 });
    expect(value?.getRawAmqpMessage().bodyType).toBe('value');
    expect(value?.systemProperties).toMatchObject({ origin: 'erp', subject: 's' });
    expect(sequence?.body).toEqual([1, 'two']);
    expect(sequence?.properties).toEqual({ step: 2 });
  });

  test('application properties of every kind', async () => {
    const properties = {
      text: 'ü€',
      empty: '',
      zero: 0,
      small: 200,
      negative: -70_000,
      big: 2 ** 45,
      half: 0.5,
      yes: true,
      no: false,
      nothing: null,
      'x-oc-hash': 'k'.repeat(300),
    };
    const time = new Date('2026-01-31T12:00:00Z');
    const bytes = Buffer.from([1, 255]);
    const [event] = await roundTrip({ body: 1, properties: { ...properties, time, bytes } });
    // Times as milliseconds and bytes as an index map are what the SDK itself makes of them.
    expect(event?.properties).toMatchObject({ ...properties, time: time.getTime(), bytes: { 0: 1, 1: 255 } });
  });

  test('system properties', async () => {
    const before = Date.now();
    const sent = { body: 1, messageId: 'm-1', correlationId: 'c-1', contentType: 'application/json' };
    const [first, second] = await roundTrip(sent, { body: 2 });
    expect(first).toMatchObject({ messageId: 'm-1', correlationId: 'c-1', contentType: 'application/json' });
    expect(first).toMatchObject({ sequenceNumber: 0, offset: '0', partitionKey: undefined });
    expect(second?.sequenceNumber).toBe(1);
    expect(Number(second?.offset)).toBeGreaterThan(0);
    expect(first?.enqueuedTimeUtc.getTime()).toBeGreaterThanOrEqual(before);
    expect(first?.enqueuedTimeUtc.getTime()).toBeLessThanOrEqual(Date.now());
  });
});

describe('properties', () => {
  test('of a hub and of its partitions, empty and filled', async () => {
    const producer = producerOf(await startBroker());
    const hub = await producer.getEventHubProperties();
    expect(hub).toMatchObject({ name: HUB, partitionIds: PARTITIONS, isGeoDrEnabled: false });
    expect(Math.abs(Date.now() - hub.createdOn.getTime())).toBeLessThan(10_000);
    expect(await producer.getPartitionProperties('2')).toEqual({
      eventHubName: HUB,
      partitionId: '2',
      beginningSequenceNumber: 0,
      lastEnqueuedSequenceNumber: -1,
      lastEnqueuedOffset: '-1',
      lastEnqueuedOnUtc: new Date(0),
      isEmpty: true,
    });
    await producer.sendBatch(numbers(3), { partitionId: '2' });
    const filled = await producer.getPartitionProperties('2');
    expect(filled).toMatchObject({
      beginningSequenceNumber: 0,
      lastEnqueuedSequenceNumber: 2,
      isEmpty: false,
    });
    expect(Math.abs(Date.now() - filled.lastEnqueuedOnUtc.getTime())).toBeLessThan(10_000);
  });

  test('are found whatever the case of the name', async () => {
    const producer = producerOf(await startBroker(), 'PRODUCTS');
    expect(await producer.getPartitionIds()).toEqual(PARTITIONS);
  });
});

describe('refused', () => {
  test('an unknown hub', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker, 'orders');
    const notFound = { code: 'MessagingEntityNotFoundError' };
    expect(await failureOf(producer.getEventHubProperties())).toMatchObject(notFound);
    expect(await failureOf(producer.sendBatch(numbers(1)))).toMatchObject(notFound);
    const consumer = consume(broker, { hub: 'orders', partitionId: '0' });
    await until(() => consumer.errors.length > 0);
    expect(consumer.errors[0]).toMatchObject(notFound);
  });

  test('an unknown partition', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    const outOfRange = { code: 'ArgumentOutOfRangeError' };
    expect(await failureOf(producer.getPartitionProperties('4'))).toMatchObject(outOfRange);
    expect(await failureOf(producer.sendBatch(numbers(1), { partitionId: '4' }))).toMatchObject(outOfRange);
    const consumer = consume(broker, { partitionId: '4' });
    await until(() => consumer.errors.length > 0);
    expect(consumer.errors[0]).toMatchObject(outOfRange);
  });

  test('an unknown consumer group', async () => {
    const consumer = consume(await startBroker(), { group: 'serach', partitionId: '0' });
    await until(() => consumer.errors.length > 0);
    expect(consumer.errors[0]).toMatchObject({ code: 'MessagingEntityNotFoundError' });
    expect(consumer.errors[0]?.message).toContain('serach');
  });

  test('a wrong key, at once', async () => {
    const { connectionString } = await startBroker();
    const wrong = {
      connectionString: connectionString.replace(
        /SharedAccessKey=[^;]+/,
        'SharedAccessKey=hidden-key-of-the-hub',
      ),
    };
    const started = performance.now();
    const notAllowed = { code: 'InvalidOperationError' };
    expect(await failureOf(producerOf(wrong).getPartitionIds())).toMatchObject(notAllowed);
    expect(await failureOf(producerOf(wrong).sendBatch(numbers(1)))).toMatchObject(notAllowed);
    const consumer = consume(wrong, { partitionId: '0' });
    await until(() => consumer.errors.length > 0);
    expect(consumer.errors[0]).toMatchObject(notAllowed);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  test('a publication over 1 MiB, without harm to the next', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    const batch = await producer.createBatch();
    expect(batch.maxSizeInBytes).toBe(1_048_576);
    expect(batch.tryAdd({ body: Buffer.alloc(1_048_576) })).toBe(false);
    const tooLarge = producer.sendBatch([{ body: Buffer.alloc(1_048_576) }], { partitionId: '0' });
    expect(await failureOf(tooLarge)).toMatchObject({ code: 'MessageTooLargeError' });
    await producer.sendBatch([{ body: 'fits' }], { partitionId: '0' });
    const consumer = consume(broker, { partitionId: '0' });
    expect((await receive(consumer, 1)).map(({ event }) => event.body)).toEqual(['fits']);
  });
});
