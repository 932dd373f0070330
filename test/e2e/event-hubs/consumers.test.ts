import { randomUUID } from 'node:crypto';
import {
  type Checkpoint,
  type CheckpointStore,
  type EventPosition,
  earliestEventPosition,
  latestEventPosition,
  type PartitionOwnership,
  type ReceivedEventData,
} from '@azure/event-hubs';
import { describe, expect, test, vi } from 'vitest';
import type { EventHubsBroker } from '../../../local/event-hubs/broker.ts';
import { startRelay } from '../../support/relay.ts';
import {
  consume,
  HUB,
  IMPATIENT,
  numbers,
  PARTITIONS,
  producerOf,
  receive,
  requireUnbroken,
  startBroker,
  until,
} from './sdk-clients.ts';

describe('consumers', () => {
  test('of two groups each get everything, whatever the case of the group', async () => {
    const broker = await startBroker();
    const consumers = ['$default', 'SEARCH'].map((group) => consume(broker, { group }));
    const producer = producerOf(broker);
    for (const partitionId of PARTITIONS) await producer.sendBatch(numbers(10), { partitionId });
    for (const consumer of consumers) await receive(consumer, 40);
  });

  test('go on from their checkpoints', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    const store = new MemoryCheckpointStore();
    for (const partitionId of PARTITIONS) await producer.sendBatch(numbers(10), { partitionId });
    const first = consume(broker, { store });
    await receive(first, 40);
    await until(() => [...store.checkpoints.values()].every(({ sequenceNumber }) => sequenceNumber === 9));
    await first.close();
    for (const partitionId of PARTITIONS) await producer.sendBatch([{ body: 'new' }], { partitionId });
    const second = consume(broker, { store });
    expect((await receive(second, 4)).map(({ event }) => event.body)).toEqual(['new', 'new', 'new', 'new']);
  });

  // How they share is for the SDK's two consumers to settle, by turns: once in a long while, on a machine under load,
  // they have not come to it in time.
  test('with one store share the partitions between them', { retry: 2 }, async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    const store = new MemoryCheckpointStore();
    const first = consume(broker, { store });
    const owners = () => [...store.ownerships.values()].map(({ ownerId }) => ownerId);
    const consumers = [first];
    const state = () => [
      owners(),
      consumers.map(({ events, ...rest }) => ({ ...rest, events: events.length })),
    ];
    await until(() => first.initialized.length === 4, state);
    const second = consume(broker, { store });
    consumers.push(second);
    const isShared = () =>
      new Set(owners()).size === 2 && owners().filter((one) => one === owners()[0]).length === 2;
    await until(isShared, state);
    await until(() => second.initialized.length >= 2 && first.closed.length >= 2, state);
    expect(first.closed.map(({ reason }) => reason)).toContain('OwnershipLost');
    for (const partitionId of PARTITIONS) await producer.sendBatch(numbers(5), { partitionId });
    const seen = () => new Set([...first.events, ...second.events].map((one) => one.partitionId));
    await until(() => seen().size === 4 && first.events.length + second.events.length >= 20, state);
    expect(first.events.length).toBeGreaterThan(0);
    expect(second.events.length).toBeGreaterThan(0);
  });

  test('of a higher owner level take a partition over, of a lower one or none are kept out', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    await producer.sendBatch(numbers(1), { partitionId: '0' });
    const sharing = consume(broker, { partitionId: '0' });
    await receive(sharing, 1);
    const owner = consume(broker, { partitionId: '0', ownerLevel: 5 });
    await receive(owner, 1);
    await until(() => sharing.closed.length === 1);
    expect(sharing.closed[0]?.reason).toBe('OwnershipLost');
    expect(sharing.errors[0]).toMatchObject({ code: 'ReceiverDisconnectedError' });
    for (const late of [
      consume(broker, { partitionId: '0', ownerLevel: 4 }),
      consume(broker, { partitionId: '0' }),
    ]) {
      await until(() => late.closed.length === 1);
      expect(late.errors[0]).toMatchObject({ code: 'ReceiverDisconnectedError' });
    }
    const other = consume(broker, { partitionId: '0', group: 'search' });
    await receive(other, 1);
    const thief = consume(broker, { partitionId: '0', ownerLevel: 6 });
    await receive(thief, 1);
    await until(() => owner.closed.length === 1);
    expect(owner.closed[0]?.reason).toBe('OwnershipLost');
    await producer.sendBatch([{ body: 'after' }], { partitionId: '0' });
    await receive(thief, 2);
    await receive(other, 2);
    expect(owner.events).toHaveLength(1);
  });

  test('of a higher owner level leave a partition free when their connection breaks', async () => {
    const broker = await startBroker();
    const relay = await startRelay(broker.port);
    await producerOf(broker).sendBatch(numbers(1), { partitionId: '0' });
    await receive(consume(through(relay, broker), { partitionId: '0', ownerLevel: 5 }), 1);
    relay.stop();
    await receive(consume(broker, { partitionId: '0', ownerLevel: 1 }), 1);
  });
});

describe('many events', () => {
  test('through four partitions: none lost, none doubled, all in order', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    const count = 8_000;
    const consumer = consume(broker, { maxBatchSize: 500 });
    const send = async (partitionId: string, index: number) => {
      for (let from = index; from < count; from += 400) {
        const events = Array.from({ length: 100 }, (_, at) => ({ body: from + at * 4 }));
        await producer.sendBatch(events, { partitionId });
      }
    };
    await Promise.all(PARTITIONS.map(send));
    const bodies = requireUnbroken(await receive(consumer, count));
    expect(new Set(bodies).size).toBe(count);
  });

  test('survive connections that are cut mid-stream', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker, HUB, IMPATIENT);
    const consumer = consume(broker, { maxBatchSize: 20 });
    const count = 6_000;
    for (let from = 0; from < count; from += 100) {
      const events = Array.from({ length: 100 }, (_, at) => ({ body: from + at }));
      await producer.sendBatch(events, { partitionId: PARTITIONS[(from / 100) % 4] ?? '0' });
      if (from % 2_000 !== 1_900) continue;
      const seen = consumer.events.length;
      await until(() => consumer.events.length > seen);
      broker.dropConnections();
    }
    const isComplete = () => consumer.events.length >= count;
    await until(isComplete, () => [consumer.events.length, consumer.errors]);
    expect(new Set(requireUnbroken(consumer.events)).size).toBe(count);
  });

  test('larger than the session window and than any socket buffer reach a slow reader', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    const body = Buffer.alloc(100_000, 0x61);
    for (let index = 0; index < 20; index += 1) {
      await producer.sendBatch(
        Array.from({ length: 10 }, () => ({ body })),
        { partitionId: '0' },
      );
    }
    for (let index = 0; index < 5; index += 1) await producer.sendBatch(numbers(1_000), { partitionId: '0' });
    const consumer = consume(broker, {
      partitionId: '0',
      maxBatchSize: 100,
      prefetchCount: 10_000,
      skipParsingBodyAsJson: true,
    });
    requireUnbroken(await receive(consumer, 5_200));
  });
});

/** The broker as reached through a relay. */
function through(relay: { port: number }, { port, connectionString }: EventHubsBroker) {
  return { connectionString: connectionString.replace(`:${port};`, `:${relay.port};`) };
}

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

/** A checkpoint store in memory, with the optimistic concurrency that the SDK relies on. */
class MemoryCheckpointStore implements CheckpointStore {
  readonly ownerships = new Map<string, PartitionOwnership>();
  readonly checkpoints = new Map<string, Checkpoint>();

  async listOwnership(): Promise<PartitionOwnership[]> {
    return [...this.ownerships.values()];
  }

  async claimOwnership(claims: PartitionOwnership[]): Promise<PartitionOwnership[]> {
    const claimed = claims.filter(({ partitionId, etag }) => this.ownerships.get(partitionId)?.etag === etag);
    return claimed.map((claim) => {
      const owned = { ...claim, etag: randomUUID(), lastModifiedTimeInMs: Date.now() };
      this.ownerships.set(claim.partitionId, owned);
      return owned;
    });
  }

  async listCheckpoints(): Promise<Checkpoint[]> {
    return [...this.checkpoints.values()];
  }

  async updateCheckpoint(checkpoint: Checkpoint): Promise<void> {
    this.checkpoints.set(checkpoint.partitionId, checkpoint);
  }
}
