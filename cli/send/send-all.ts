import { pMapIterable } from 'p-map';
import { pace, type Sleep } from '../common/wait.ts';
import type { MessageToSend, Sender, SendResult } from './sender.ts';

export type SendAllOptions = {
  /** Read once per repetition. */
  messages: AsyncIterable<MessageToSend> | Iterable<MessageToSend>;
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
export async function sendAll(options: SendAllOptions): Promise<SendReport> {
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

/** What became of a replay. */
export type SendReport = {
  /** Messages sent, repetitions included. */
  sent: number;
  succeeded: number;
  failed: number;
  /** Successes by the receiver's word: `created`, `updated`, …; `unknown` where it does not tell. */
  outcomes: Record<string, number>;
  /** Failures by status and reason, the most frequent first. */
  failuresByReason: { status: number | null; reason: string | null; count: number }[];
  /** The failures themselves, the first 1,000. */
  failures: SendResult[];
  /** Milliseconds, of messages that were answered; null when none was. */
  latency: { p50: number; p95: number; p99: number } | null;
  seconds: number;
  perSecond: number;
  /** Why the replay ended before all messages were sent. */
  stopped: 'interrupted' | 'unreachable' | null;
};

/** Enough to see every kind of failure; a catalog that fails as a whole must not fill the memory. */
const MAX_FAILURES = 1000;

/** The order in which outcomes are shown, that of contract section 5. */
const OUTCOMES = ['created', 'updated', 'deleted', 'unchanged', 'stale', 'duplicate', 'ignored'];

/** Gathers results, in any order, into a report. */
export function createTally() {
  const outcomes = new Map<string, number>();
  const reasons = new Map<string, { status: number | null; reason: string | null; count: number }>();
  const failures: SendResult[] = [];
  const latencies: number[] = [];
  let sent = 0;
  let failed = 0;

  function addFailure(result: SendResult): void {
    failed += 1;
    if (failures.length < MAX_FAILURES) failures.push(result);
    const { status } = result;
    const reason = result.error ?? result.problem?.reason ?? result.problem?.title ?? null;
    const key = JSON.stringify([status, reason]);
    const entry = reasons.get(key) ?? { status, reason, count: 0 };
    entry.count += 1;
    reasons.set(key, entry);
  }

  return {
    add(result: SendResult): void {
      sent += 1;
      if (result.error === null) latencies.push(result.milliseconds);
      if (!result.ok) addFailure(result);
      else {
        const outcome = result.outcome ?? 'unknown';
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    },
    report(milliseconds: number, stopped: SendReport['stopped']): SendReport {
      const seconds = milliseconds / 1000;
      return {
        sent,
        succeeded: sent - failed,
        failed,
        outcomes: Object.fromEntries([...outcomes].sort(([a], [b]) => place(a) - place(b))),
        failuresByReason: [...reasons.values()].sort((a, b) => b.count - a.count),
        failures,
        latency: latencyOf(latencies),
        seconds: rounded(seconds),
        perSecond: seconds > 0 ? rounded(sent / seconds) : 0,
        stopped,
      };
    },
  };
}

function place(outcome: string): number {
  const index = OUTCOMES.indexOf(outcome);
  return index === -1 ? OUTCOMES.length : index;
}

function latencyOf(latencies: readonly number[]): SendReport['latency'] {
  const ascending = Float64Array.from(latencies).sort();
  const [p50, p95, p99] = [50, 95, 99].map((percent) => percentile(ascending, percent));
  return p50 == null || p95 == null || p99 == null ? null : { p50, p95, p99 };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The nearest-rank percentile: the smallest value that at least `percent` of all values do not exceed. */
export function percentile(ascending: ArrayLike<number>, percent: number): number | null {
  const rank = Math.max(1, Math.ceil((percent / 100) * ascending.length));
  return ascending[rank - 1] ?? null;
}
