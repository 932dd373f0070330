import { setTimeout } from 'node:timers/promises';

/** Waits; an aborted signal ends the wait early, without an error. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export const sleep: Sleep = async (milliseconds, signal) => {
  try {
    await setTimeout(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
};

type PaceOptions = {
  /** At most this many a second; without it, as fast as they are taken. */
  rate?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Milliseconds, rising. */
  now?: () => number;
  wait?: Sleep;
};

/** How much it may catch up: timers are late by a millisecond or two, which adds up at a high rate. */
const CATCH_UP_MS = 20;

/** Passes items on at even intervals, without a burst after a pause, until the signal is aborted. */
export async function* pace<T>(
  items: AsyncIterable<T> | Iterable<T>,
  options: PaceOptions,
): AsyncGenerator<T> {
  const { rate, signal, now = () => performance.now(), wait = sleep } = options;
  const interval = rate === undefined ? 0 : 1000 / rate;
  let slot = now();
  for await (const item of items) {
    const milliseconds = slot - now();
    if (rate !== undefined && milliseconds > 0) await wait(milliseconds, signal);
    if (signal?.aborted) return;
    yield item;
    slot = Math.max(slot + interval, now() - CATCH_UP_MS);
  }
}
