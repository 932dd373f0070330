import { type Profiler, Session } from 'node:inspector/promises';

/** The time spent in one function itself, without what it calls. */
export type SelfTime = { name: string; url: string; line: number; micros: number };

/** The inspector's own work at its start and end. */
const OF_THE_PROFILER = new Set(['dispatch']);

const SAMPLE_EVERY_MICROS = 200;

/** Profiles `run`, and gives its functions by self time, the most first. Some native calls count to their callers. */
export async function profiled(run: () => void): Promise<SelfTime[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_MICROS });
  await session.post('Profiler.start');
  run();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return selfTimes(profile);
}

function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): SelfTime[] {
  const frames = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const times = new Map<string, SelfTime>();
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined) continue;
    const { functionName: name, scriptId, lineNumber: line, url } = frame;
    if (OF_THE_PROFILER.has(name)) continue;
    const key = `${name} ${scriptId} ${line}`;
    const time = times.get(key) ?? { name, url, line, micros: 0 };
    time.micros += timeDeltas[index] ?? 0;
    times.set(key, time);
  }
  return [...times.values()].sort(mostFirst);
}

/** Adds up self times under a common name, such as their file, the most first. */
export function summedBy(times: readonly SelfTime[], nameOf: (time: SelfTime) => string): SelfTime[] {
  const sums = new Map<string, SelfTime>();
  for (const time of times) {
    const name = nameOf(time);
    const sum = sums.get(name) ?? { name, url: '', line: -1, micros: 0 };
    sum.micros += time.micros;
    sums.set(name, sum);
  }
  return [...sums.values()].sort(mostFirst);
}

function mostFirst(a: SelfTime, b: SelfTime): number {
  return b.micros - a.micros;
}
