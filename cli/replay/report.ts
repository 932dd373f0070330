import { percentile } from './percentile.ts';
import type { SendResult } from './sender.ts';

/** What became of a replay. */
export type ReplayReport = {
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
    report(milliseconds: number, stopped: ReplayReport['stopped']): ReplayReport {
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

function latencyOf(latencies: readonly number[]): ReplayReport['latency'] {
  const ascending = Float64Array.from(latencies).sort();
  const [p50, p95, p99] = [50, 95, 99].map((percent) => percentile(ascending, percent));
  return p50 == null || p95 == null || p99 == null ? null : { p50, p95, p99 };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
