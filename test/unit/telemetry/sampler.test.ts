import { type Context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepPerSecond } from '../../../src/telemetry/sampler.ts';
import { toSpanContext } from '../../../src/telemetry/trace.ts';

const TRACE_ID = 'ffffffff000000000000000000000001';

/** Below a caller that keeps its trace or does not. */
function contextOf(callerKeeps: boolean): Context {
  const flags = callerKeeps ? '01' : '00';
  const caller = toSpanContext(`00-${TRACE_ID}-00f067aa0ba902b7-${flags}`);
  return caller === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller);
}

describe('microsoft.rate_limited', () => {
  let now = 0;
  beforeEach(() => {
    now = 1_000_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => vi.restoreAllMocks());

  /** Which of so many deliveries are kept, of which one comes each `everyMs`. */
  function keptOf(deliveries: number, everyMs: number, { callerKeeps = false, limit = 5 } = {}): boolean[] {
    const sampler = keepPerSecond(limit);
    const isKept = (context: Context) =>
      sampler.shouldSample(context, TRACE_ID, 'span', SpanKind.INTERNAL, {}, []).decision ===
      SamplingDecision.RECORD_AND_SAMPLED;
    return Array.from({ length: deliveries }, () => {
      const delivery = isKept(contextOf(callerKeeps));
      const context = { traceId: TRACE_ID, spanId: '00f067aa0ba902b7', traceFlags: delivery ? 1 : 0 };
      const below = trace.setSpanContext(ROOT_CONTEXT, context);
      // What is below a delivery follows it, and counts for nothing.
      for (let span = 0; span < 20; span += 1) expect(isKept(below)).toBe(delivery);
      now += everyMs;
      return delivery;
    });
  }
  const count = (kept: boolean[]) => kept.filter(Boolean).length;

  it.each([true, false])('keeps all where there are no more, whatever the caller does: %o', (callerKeeps) => {
    expect(count(keptOf(100, 200, { callerKeeps }))).toBe(100);
  });

  it('keeps the first of a burst, the very first of a new instance among them', () => {
    expect(keptOf(8, 0)).toEqual([true, true, true, true, true, false, false, false]);
  });

  it.each([true, false])('keeps so many a second of more: %o', (callerKeeps) => {
    const kept = keptOf(100 * 50, 20, { callerKeeps });
    expect(count(kept)).toBeGreaterThanOrEqual(100 * 5);
    expect(count(kept)).toBeLessThanOrEqual(100 * 5 + 5);
  });

  it('keeps one in ten seconds, or none', () => {
    expect(count(keptOf(100, 1_000, { limit: 0.1 }))).toBe(10);
    expect(count(keptOf(100, 1_000, { limit: 0 }))).toBe(0);
  });
});
