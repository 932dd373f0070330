import { joined, nextOf, scattered, sent } from './broker.ts';
import type { Choose } from './database.ts';
import type { Message } from './history.ts';
import type { Batch, Partition } from './transports.ts';
import type { Process, World } from './world.ts';

type Job = () => Batch;

/** Mostly small ones: what is coalesced is never raced for. */
const BATCH_SIZES = [1, 1, 1, 2, 3];

/** What a process that has nothing to do begins with. What nobody has acknowledged yet comes more often. */
export function chooseBatch(world: World, process: Process, choose: Choose): Batch | null {
  const jobs: Job[] = [
    ...partitionJobs(world, process, choose),
    ...poolJobs(world, choose),
    ...world.broker.webhooks
      .filter(({ state }) => state === 'waiting')
      .flatMap((webhook): Job[] => [() => sent(world, webhook), () => sent(world, webhook)]),
  ];
  return jobs.length === 0 ? null : (jobs[choose(jobs.length)] as Job)();
}

const chooseSize = (choose: Choose) => BATCH_SIZES[choose(BATCH_SIZES.length)] as number;

function partitionJobs(world: World, process: Process, choose: Choose): Job[] {
  const { partitions } = world.broker;
  const next = (partition: Partition) => nextOf(world, partition, process, chooseSize(choose));
  // It becomes an owner, perhaps beside another one, and begins at the checkpoint, or at an earlier one.
  const takeOver = (partition: Partition) => {
    const { checkpoint, name } = partition;
    process.cursors.set(name, choose(3) < 2 ? checkpoint : choose(checkpoint + 1));
    return next(partition);
  };
  const jobs = partitions.flatMap((partition): Job[] => {
    const { log, checkpoint, name } = partition;
    const cursor = process.cursors.get(name);
    return [
      ...(cursor !== undefined && cursor < log.length ? [() => next(partition)] : []),
      () => takeOver(partition),
      ...(checkpoint < log.length ? [() => takeOver(partition), () => takeOver(partition)] : []),
    ];
  });
  // Where clocks disagree the winner of a batch of several streams depends on how it was cut: see the README.
  const together = partitions.filter(
    ({ log }) => !log.some(({ productId }) => world.contested.has(productId)),
  );
  if (together.length > 1) jobs.push(() => joined(world, together.map(takeOver)));
  return jobs;
}

function poolJobs(world: World, choose: Choose): Job[] {
  const { pool, acknowledged } = world.broker;
  const waiting = pool.filter((message) => !acknowledged.has(message));
  const someOf = (from: readonly Message[]) => () =>
    scattered(
      world,
      Array.from({ length: chooseSize(choose) }, () => from[choose(from.length)] as Message),
    );
  return [
    ...(pool.length > 0 ? [someOf(pool)] : []),
    ...(waiting.length > 0 ? [someOf(waiting), someOf(waiting)] : []),
  ];
}
