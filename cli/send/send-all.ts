import { pMapIterable } from 'p-map';
import { pace } from '../common/wait.ts';
import { type MessageToSend, type SendResult, sendMessage, type Transport } from './transport.ts';

export type SendAllOptions = {
  transport: Transport;
  /** Read once per repetition. */
  messages: AsyncIterable<MessageToSend> | Iterable<MessageToSend>;
  /** How often the whole set is sent; 1. */
  repeat?: number;
  /** At most this many messages a second. */
  rate?: number | undefined;
  /** Messages on their way at a time; 1 keeps their order. */
  concurrency?: number;
  onResult?: (result: SendResult) => void;
  /** Once it is aborted, no further message is sent; answers on their way have two seconds to arrive. */
  signal?: AbortSignal;
};

/** What became of all messages. */
export type SendReport = {
  /** Messages sent, repetitions included. */
  sent: number;
  succeeded: number;
  failed: number;
  /** Successes by what the receiver answers: `created`, `updated`, …; `unknown` if it does not say. */
  outcomes: Record<string, number>;
  /** Failures by status and reason, the most frequent first. */
  failuresByReason: { status: number | null; reason: string | null; count: number }[];
  /** The failures themselves, the first 1,000, and what stopped the run. */
  failures: SendResult[];
  seconds: number;
  perSecond: number;
  /** Why it ended before all messages were sent. */
  stopped: 'interrupted' | 'unreachable' | null;
};

/** After Ctrl-C, answers on their way have this long to arrive. */
const GRACE_MS = 2000;

/**
 * Sends messages and reports what became of them. A failure does not stop the others, unless all would fail in the same
 * way. The transport stays open.
 */
export async function sendAll(options: SendAllOptions): Promise<SendReport> {
  const { transport, repeat = 1, rate, concurrency = 1, onResult } = options;
  const { signal: interrupt = new AbortController().signal } = options;
  const unreachable = new AbortController();
  const giveUp = new AbortController();
  interrupt.addEventListener('abort', () => setTimeout(() => giveUp.abort(), GRACE_MS).unref());
  const signal = AbortSignal.any([interrupt, unreachable.signal]);
  const messages = pace(repeated(options.messages, repeat), { rate, signal });
  const results = pMapIterable(messages, (message) => sendMessage(transport, message, giveUp.signal), {
    concurrency,
    preserveOrder: false,
  });

  const tally = createTally();
  const start = performance.now();
  for await (const result of results) {
    tally.add(result);
    onResult?.(result);
    if (result.unreachable) unreachable.abort();
  }
  const seconds = (performance.now() - start) / 1000;
  const interrupted = interrupt.aborted ? 'interrupted' : null;
  return { ...tally.report(seconds), stopped: unreachable.signal.aborted ? 'unreachable' : interrupted };
}

async function* repeated<T>(items: AsyncIterable<T> | Iterable<T>, times: number): AsyncGenerator<T> {
  for (let time = 0; time < times; time += 1) yield* items;
}

/** Enough to see every kind of failure; a catalog that fails as a whole must not fill the memory. */
const MAX_FAILURES = 1000;

/** The order in which outcomes are shown, that of contract section 5. */
const OUTCOMES = ['created', 'updated', 'deleted', 'unchanged', 'stale', 'duplicate', 'ignored'];

/** Gathers results, in any order, into a report. */
function createTally() {
  const outcomes = new Map(OUTCOMES.map((outcome) => [outcome, 0]));
  const failuresByReason: SendReport['failuresByReason'] = [];
  const failures: SendResult[] = [];
  let sent = 0;
  let failed = 0;
  return {
    add(result: SendResult): void {
      sent += 1;
      const { ok, outcome, status, error, problem } = result;
      if (ok) {
        const told = outcome ?? 'unknown';
        outcomes.set(told, (outcomes.get(told) ?? 0) + 1);
        return;
      }
      failed += 1;
      if (failures.length < MAX_FAILURES || result.unreachable) failures.push(result);
      const reason = error ?? problem?.reason ?? problem?.title ?? null;
      const same = failuresByReason.find((each) => each.status === status && each.reason === reason);
      if (same) same.count += 1;
      else failuresByReason.push({ status, reason, count: 1 });
    },
    report: (seconds: number) => ({
      sent,
      succeeded: sent - failed,
      failed,
      outcomes: Object.fromEntries([...outcomes].filter(([, count]) => count > 0)),
      failuresByReason: failuresByReason.sort((a, b) => b.count - a.count),
      failures,
      seconds: Number(seconds.toFixed(2)),
      perSecond: Number((sent / seconds).toFixed(2)),
    }),
  };
}
