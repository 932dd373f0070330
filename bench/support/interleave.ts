import { Bench } from 'tinybench';

/** Something to measure. Asynchronous tasks are awaited. */
export type Tasks<Name extends string> = Record<Name, () => unknown>;

export type InterleaveOptions = {
  rounds: number;
  /** Runs of each task in a round; the round counts their median. */
  runs?: number;
  /** Rounds at the beginning that do not count: code is compiled, caches fill. */
  warmupRounds?: number;
  /** What time is measured by, in milliseconds. By default it is that of the clock on the wall. */
  now?: () => number;
};

/** Processor time of this process, garbage collection on other threads included: other work of the machine is none of it. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** What many rounds came to. */
export type Interleaved<Name extends string> = {
  /** Milliseconds a run takes: the median of the rounds. */
  time(name: Name): number;
  /** How many times as long as `reference` a task takes: the median of the rounds' ratios. */
  ratio(name: Name, reference: Name): number;
};

/**
 * Measures tasks against one another, in rounds of a few runs of each. tinybench alone runs one task to its end and
 * then the next: on a machine with other work, each would meet another machine. Within a round they meet the same
 * one, so ratios are taken there; the order changes from round to round, since a task may leave garbage to the next.
 */
export async function interleave<Name extends string>(
  tasks: Tasks<Name>,
  { rounds, runs = 1, warmupRounds = 2, now = performance.now.bind(performance) }: InterleaveOptions,
): Promise<Interleaved<Name>> {
  const names = Object.keys(tasks) as Name[];
  const times: Record<Name, number>[] = [];
  for (let round = -warmupRounds; round < rounds; round += 1) {
    const order = round % 2 === 0 ? names : names.toReversed();
    const measured = await oneRound(tasks, order, { iterations: runs, now });
    if (round >= 0) times.push(measured);
  }
  return {
    time: (name) => median(times.map((round) => round[name])),
    ratio: (name, reference) => median(times.map((round) => round[name] / round[reference])),
  };
}

async function oneRound<Name extends string>(
  tasks: Tasks<Name>,
  order: readonly Name[],
  { iterations, now }: { iterations: number; now: () => number },
): Promise<Record<Name, number>> {
  const bench = new Bench({ iterations, now, time: 0, warmup: false, throws: true });
  for (const name of order) {
    const task = tasks[name];
    // Said outright, because tinybench would run a task once more to find out.
    bench.add(name, task, { async: task.constructor.name === 'AsyncFunction' });
  }
  const ran = await bench.run();
  return Object.fromEntries(
    ran.map(({ name, result }) => [name, 'latency' in result ? result.latency.p50 : Number.NaN]),
  ) as Record<Name, number>;
}

/** The middle of several numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below, above] = [sorted[middle - 1], sorted[middle]];
  if (above === undefined) throw new Error('There is no median of nothing.');
  return sorted.length % 2 === 1 || below === undefined ? above : (below + above) / 2;
}
