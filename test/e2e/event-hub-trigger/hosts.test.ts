import { describe, expect, it } from 'vitest';
import type { BatchCall } from '../../support/fixture-app/batch-app.ts';
import { textsOf } from '../../support/fixture-app/host-log.ts';
import { begins, event, FOR_EVER, isEndOf, type Stage, useAzurite } from './stage.ts';

const { stage } = useAzurite();

describe('a host that starts again', () => {
  it('goes on after the last checkpoint', async () => {
    const { publish, startHost, checkpoints } = await stage({ partitionCount: 1 });
    await publish(['a', 'b', 'c']);
    const first = await startHost();
    await first.log.finishedAll(['a', 'b', 'c']);
    await expect.poll(checkpoints).toEqual({ 0: 2 });
    await first.close();
    await publish(['d', 'e']);
    const second = await startHost();
    await second.log.finishedAll(['d', 'e']);
    expect(second.log.finished()).toEqual(['d', 'e']);
  });

  it('reads from the start where the events are others, and the checkpoints too', async () => {
    const before = await stage({ partitionCount: 1 });
    await before.publish(['a', 'b', 'c']);
    const first = await before.startHost();
    await expect.poll(before.checkpoints).toEqual({ 0: 2 });
    await first.close();
    const after = await stage({ partitionCount: 1 });
    await after.publish(['new']);
    const second = await after.startHost();
    await second.log.call(isEndOf('new'));
  });

  it('after SIGKILL loses nothing, and repeats at most the batches in flight', async () => {
    const { publish, startChildHost, checkpoints } = await stage({
      partitionCount: 4,
      app: { retry: FOR_EVER },
      eventHubs: { maxEventBatchSize: 10, ownershipExpiryMs: 2_000 },
    });
    const all: string[] = [];
    for (const partitionId of ['0', '1', '2', '3']) {
      // The runs of the fourth and the seventh batch hang until their gate is open, which only later hosts' are.
      const events = Array.from({ length: 100 }, (_, index) =>
        event(
          `${partitionId}-${index}`,
          index === 35 ? { gate: 'first' } : index === 65 ? { gate: 'second' } : {},
        ),
      );
      all.push(...events.map(({ body }) => String(body)));
      await publish(events, { partitionId });
    }
    const finished = new Set<string>();
    for (const [gates, waitFor] of [
      [[], 35],
      [['first'], 65],
      [['first', 'second'], undefined],
    ] as const) {
      const from = await checkpoints();
      const child = await startChildHost();
      for (const gate of gates) await child.openGate(gate);
      if (waitFor === undefined) {
        await child.log.until((log) => {
          for (const text of log.finished()) finished.add(text);
          return finished.size === all.length;
        });
      } else {
        const isHanging = (partition: number) => (call: BatchCall) =>
          textsOf(call).includes(`${partition}-${waitFor}`);
        await child.log.until(({ calls }) =>
          [0, 1, 2, 3].every((partition) => calls.some(isHanging(partition))),
        );
        for (const text of child.log.finished()) finished.add(text);
      }
      expect(await child.end('SIGKILL')).toBeNull();
      for (const partitionId of ['0', '1', '2', '3']) {
        const first = begins(child.log).find((call) => call.partitionId === partitionId)?.sequenceNumbers[0];
        expect(first).toBe((from[partitionId] ?? -1) + 1);
      }
    }
    expect([...finished].sort()).toEqual(all.sort());
    expect(finished.size).toBe(400);
  }, 60_000);
});

describe('two hosts', () => {
  /** How many partitions each owner has. */
  async function shares({ ownership }: Stage): Promise<number[]> {
    const counts = new Map<string, number>();
    for (const { ownerId } of await ownership()) counts.set(ownerId, (counts.get(ownerId) ?? 0) + 1);
    return [...counts.values()];
  }

  const FAST = { ownershipExpiryMs: 2_500 };
  const TIME = { timeout: 10_000 };

  it('share the partitions, and one takes over what the other leaves', async () => {
    const set = await stage({ partitionCount: 4, eventHubs: FAST });
    const first = await set.startHost();
    await expect.poll(() => shares(set), TIME).toEqual([4]);
    const second = await set.startHost();
    await first.log.until(
      ({ entries }) => entries.filter(({ message }) => /taken over/.test(message)).length === 2,
    );
    expect(await shares(set)).toEqual([2, 2]);
    for (const partitionId of ['0', '1', '2', '3'])
      await set.publish([`shared ${partitionId}`], { partitionId });
    const finished = () => [first, second].map(({ log }) => log.finished().length);
    await expect.poll(finished, TIME).toEqual([2, 2]);
    await first.close();
    for (const partitionId of ['0', '1', '2', '3'])
      await set.publish([`alone ${partitionId}`], { partitionId });
    await second.log.finishedAll(['0', '1', '2', '3'].map((partitionId) => `alone ${partitionId}`));
    await expect.poll(() => shares(set), TIME).toEqual([4]);
  });
});

describe('close', () => {
  it('returns in time, and leaves a batch that ends only afterwards without a checkpoint', async () => {
    const { publish, startHost, checkpoints } = await stage({ partitionCount: 1 });
    await publish([event('late', { lasts: 2_000 })]);
    const first = await startHost();
    await first.log.until(({ calls }) => calls.length === 1);
    const asked = performance.now();
    await first.close();
    expect(performance.now() - asked).toBeLessThan(1_900);
    expect(first.log.finished()).toEqual([]);
    await first.log.entry(/succeeded/);
    const second = await startHost();
    await second.log.call(isEndOf('late'));
    await expect.poll(checkpoints).toEqual({ 0: 0 });
  });

  it('waits for a batch that ends soon, checkpoint included', async () => {
    const { publish, startHost, checkpoints } = await stage({ partitionCount: 1 });
    await publish([event('soon', { lasts: 200 })]);
    const { log, close } = await startHost();
    await log.until(({ calls }) => calls.length === 1);
    await close();
    expect(log.finished()).toEqual(['soon']);
    expect(await checkpoints()).toEqual({ 0: 0 });
  });

  it('does not wait for a retry, and leaves nothing that would keep the process alive', async () => {
    const retry = { strategy: 'fixedDelay', maxRetryCount: -1, delayInterval: { minutes: 10 } } as const;
    const { publish, startChildHost, checkpoints } = await stage({ app: { retry } });
    await publish([event('failing', { failures: 1 })], { partitionId: '0' });
    await publish(['a'], { partitionId: '1' });
    const { log, end } = await startChildHost();
    await log.entry(/failed in/);
    await log.call(isEndOf('a'));
    await expect.poll(checkpoints).toEqual({ 1: 0 });
    const asked = performance.now();
    expect(await end('SIGTERM')).toBe(0);
    expect(performance.now() - asked).toBeLessThan(2_000);
    expect(await checkpoints()).toEqual({ 1: 0 });
  });
});
