import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { TelemetrySettings } from './telemetry-settings.ts';

/** OTEL_TRACES_SAMPLER as OpenTelemetry defines it; and so many traces a second, by the name that Microsoft has for that. */
export function samplerOf({ name, argument }: TelemetrySettings['sampler']): Sampler {
  const [always, never] = [new AlwaysOnSampler(), new AlwaysOffSampler()];
  switch (name) {
    case 'always_on':
      return always;
    case 'always_off':
      return never;
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(argument);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: always });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: never });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(argument) });
    case 'microsoft.rate_limited':
      return perSecond(argument);
  }
}

/**
 * Keeps so many traces a second, and of deliveries that come together the first ones: a bucket that fills again. What is
 * below a delivery follows it, and its caller is not asked. (Microsoft's own, of the same name, mostly drops the first
 * delivery of an instance, and half of all well below its limit.)
 */
function perSecond(traces: number): Sampler {
  const most = traces === 0 ? 0 : Math.max(1, traces);
  let left = most;
  let lookedAt = performance.now();
  const root: Sampler = {
    shouldSample() {
      const now = performance.now();
      left = Math.min(most, left + ((now - lookedAt) / 1_000) * traces);
      lookedAt = now;
      if (left < 1) return { decision: SamplingDecision.NOT_RECORD };
      left -= 1;
      return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    },
    toString: () => `${traces} traces a second`,
  };
  return new ParentBasedSampler({ root, remoteParentSampled: root, remoteParentNotSampled: root });
}
