import { type Context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { samplerOf } from '../../../src/telemetry/sampler.ts';
import type { SamplerName } from '../../../src/telemetry/telemetry-settings.ts';
import { toSpanContext } from '../../../src/telemetry/trace.ts';

const TRACE_ID = 'ffffffff000000000000000000000001';

/** Below a caller that keeps its trace or does not, or with no caller. */
function contextOf(callerKeeps: boolean | null): Context {
  const flags = callerKeeps ? '01' : '00';
  const caller = callerKeeps === null ? null : toSpanContext(`00-${TRACE_ID}-00f067aa0ba902b7-${flags}`);
  return caller === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller);
}

/** Whether a trace is kept whose caller kept it, did not, or is not there. */
function kept(name: SamplerName, argument: number, callerKeeps: boolean | null): boolean {
  const sampler = samplerOf({ name, argument });
  const context = contextOf(callerKeeps);
  const { decision } = sampler.shouldSample(context, TRACE_ID, 'delivery', SpanKind.INTERNAL, {}, []);
  return decision === SamplingDecision.RECORD_AND_SAMPLED;
}

it.each<[SamplerName, number, [boolean, boolean, boolean]]>([
  // A caller that keeps its trace, one that does not, and none.
  ['always_on', 1, [true, true, true]],
  ['always_off', 1, [false, false, false]],
  ['parentbased_always_on', 1, [true, false, true]],
  ['parentbased_always_off', 1, [true, false, false]],
  ['traceidratio', 0.5, [false, false, false]],
  ['traceidratio', 1, [true, true, true]],
  ['parentbased_traceidratio', 0.5, [true, false, false]],
  ['parentbased_traceidratio', 1, [true, false, true]],
])('%s with %d', (name, ratio, expected) => {
  expect([true, false, null].map((callerKeeps) => kept(name, ratio, callerKeeps))).toEqual(expected);
});

describe('microsoft.rate_limited', () => {
  let now = 0;
  beforeEach(() => {
    now = 1_000_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => vi.restoreAllMocks());

  /** Which of so many deliveries are kept, of which one comes each `everyMs`. */
  function keptOf(deliveries: number, everyMs: number, { callerKeeps = false, limit = 5 } = {}): boolean[] {
    const sampler = samplerOf({ name: 'microsoft.rate_limited', argument: limit });
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
