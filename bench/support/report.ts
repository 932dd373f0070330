import type { Figure } from './figure.ts';

/** What a benchmark's process tells `run.ts`. */
export type Report = { figures: Figure[] } | { text: string };

/** Runs a benchmark in its process, and hands what it found to `run.ts`. A failure ends the process with an error. */
export async function report(measure: () => Promise<Report>): Promise<void> {
  const found = await measure();
  process.send?.(found, () => process.disconnect());
}
