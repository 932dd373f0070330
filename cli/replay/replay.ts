import { pMapIterable } from 'p-map';
import type { Sleep } from '../support/sleep.ts';
import { pace } from './pace.ts';
import { createTally, type ReplayReport } from './report.ts';
import type { ReplayMessage, Sender, SendResult } from './sender.ts';

export type ReplayOptions = {
  /** Read once per repetition. */
  messages: AsyncIterable<ReplayMessage> | Iterable<ReplayMessage>;
  sender: Sender;
  /** How often the whole set is sent; 1. */
  repeat?: number | undefined;
  /** At most this many messages a second. */
  rate?: number | undefined;
  /** Messages on their way at a time; 1 keeps their order. */
  concurrency?: number | undefined;
  onResult?: (result: SendResult) => void;
  /** Aborting it sends no further message; those on their way are waited for. */
  signal?: AbortSignal;
  now?: () => number;
  wait?: Sleep;
};

/**
 * Sends messages and tells what became of them. A message that fails does not stop the others, unless nothing can
 * be reached at the target: then all would fail alike. The sender stays open.
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const {
    sender,
    repeat = 1,
    rate,
    concurrency = 1,
    onResult,
    wait,
    now = () => performance.now(),
  } = options;
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const messages = pace(repeated(options.messages, repeat), { rate, signal, now, ...(wait && { wait }) });
  const results = pMapIterable(messages, (message) => sender.send(message), {
    concurrency,
    preserveOrder: false,
  });

  const tally = createTally();
  const start = now();
  for await (const result of results) {
    tally.add(result);
    onResult?.(result);
    if (result.unreachable) stop.abort();
  }
  const interrupted = options.signal?.aborted ? 'interrupted' : null;
  return tally.report(now() - start, stop.signal.aborted ? 'unreachable' : interrupted);
}

async function* repeated<T>(items: AsyncIterable<T> | Iterable<T>, times: number): AsyncGenerator<T> {
  for (let time = 0; time < times; time += 1) yield* items;
}
