import { availableParallelism, cpus, totalmem } from 'node:os';

/** What a reader must know of the machine to judge figures by. */
export function describeMachine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, ${memory} GB; Node.js ${process.version}`;
}
