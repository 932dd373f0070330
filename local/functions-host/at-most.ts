import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something ends, well or not, but no longer than a limit. */
export async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work.catch(() => {}), sleep(milliseconds, undefined, { ref: false })]);
}
