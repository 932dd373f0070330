import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for something, but not for ever, and not for its success. */
export async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work.catch(() => {}), sleep(milliseconds, undefined, { ref: false })]);
}
