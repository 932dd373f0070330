import { describe, expect, test } from 'vitest';
import {
  consume,
  failureOf,
  HUB,
  numbers,
  PARTITIONS,
  producerOf,
  receive,
  startBroker,
  until,
} from './sdk-clients.ts';

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
