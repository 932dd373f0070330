import {
  type EventPosition,
  earliestEventPosition,
  latestEventPosition,
  type ReceivedEventData,
} from '@azure/event-hubs';
import { describe, expect, test, vi } from 'vitest';
import { consume, numbers, producerOf, receive, startBroker, until } from './sdk-clients.ts';

describe('from a start position', () => {
  test('each kind begins where it says', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    await producer.sendBatch(numbers(5), { partitionId: '0' });
    const all = await receive(consume(broker, { partitionId: '0' }), 5);
    const third = all[2]?.event as ReceivedEventData;
    const enqueuedOn = third.enqueuedTimeUtc.getTime();
    const cases: [EventPosition, number][] = [
      [earliestEventPosition, 0],
      [{ offset: third.offset }, 3],
      [{ offset: third.offset, isInclusive: true }, 2],
      [{ sequenceNumber: 2 }, 3],
      [{ sequenceNumber: 2, isInclusive: true }, 2],
      [{ sequenceNumber: -1 }, 0],
      [{ enqueuedOn: enqueuedOn - 1 }, 0],
      [{ enqueuedOn: new Date(enqueuedOn - 60_000) }, 0],
    ];
    for (const [startPosition, first] of cases) {
      const consumer = consume(broker, { partitionId: '0', startPosition });
      const events = await receive(consumer, 5 - first);
      expect(events.map(({ event }) => event.body)).toEqual([0, 1, 2, 3, 4].slice(first));
      await consumer.close();
    }
  });

  test('the latest and a future time bring only what comes later', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    await producer.sendBatch(numbers(5), { partitionId: '0' });
    const positions = [latestEventPosition, { enqueuedOn: Date.now() + 3_600_000 }, { sequenceNumber: 4 }];
    const consumers = positions.map((startPosition) => consume(broker, { partitionId: '0', startPosition }));
    // A consumer without owner level is only known to listen once events reach it.
    await vi.waitFor(
      async () => {
        await producer.sendBatch([{ body: 'later' }], { partitionId: '0' });
        for (const consumer of consumers) expect(consumer.events.length).toBeGreaterThan(0);
      },
      { timeout: 10_000, interval: 50 },
    );
    for (const consumer of consumers) expect(new Set(consumer.bodies())).toEqual(new Set(['later']));
  });

  test('beyond the end is an error, not silence', async () => {
    const broker = await startBroker();
    await producerOf(broker).sendBatch(numbers(1), { partitionId: '0' });
    for (const startPosition of [{ offset: '123456789' }, { sequenceNumber: 17 }]) {
      const consumer = consume(broker, { partitionId: '0', startPosition });
      await until(() => consumer.closed.length > 0);
      expect(consumer.errors[0]).toMatchObject({ code: 'ArgumentError' });
    }
  });
});
