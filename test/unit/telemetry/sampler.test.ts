import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { expect, it } from 'vitest';
import { samplerOf } from '../../../src/telemetry/sampler.ts';
import type { SamplerName } from '../../../src/telemetry/telemetry-settings.ts';
import { toSpanContext } from '../../../src/telemetry/trace.ts';

const TRACE_ID = 'ffffffff000000000000000000000001';

/** Whether a trace is kept whose caller kept it, did not, or is not there. */
function kept(name: SamplerName, ratio: number, callerKeeps: boolean | null): boolean {
  const flags = callerKeeps ? '01' : '00';
  const caller = callerKeeps === null ? null : toSpanContext(`00-${TRACE_ID}-00f067aa0ba902b7-${flags}`);
  const context = caller === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller);
  const { decision } = samplerOf({ name, ratio }).shouldSample(
    context,
    TRACE_ID,
    'delivery',
    SpanKind.INTERNAL,
    {},
    [],
  );
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
