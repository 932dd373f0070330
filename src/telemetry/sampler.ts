import { ParentBasedSampler, type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace-base';

/**
 * Keeps so many traces a second, and of deliveries that come together the first ones: a bucket that fills again. What is
 * below a delivery follows it, and its caller is not asked. (Microsoft's own, of the same name, mostly drops the first
 * delivery of an instance, and half of all well below its limit.)
 */
export function keepPerSecond(traces: number): Sampler {
  const most = traces === 0 ? 0 : Math.max(1, traces);
  let left = most;
  let askedAt = performance.now();
  const root: Sampler = {
    shouldSample() {
      const now = performance.now();
      left = Math.min(most, left + ((now - askedAt) / 1_000) * traces);
      askedAt = now;
      if (left < 1) return { decision: SamplingDecision.NOT_RECORD };
      left -= 1;
      return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    },
    toString: () => `${traces} traces a second`,
  };
  return new ParentBasedSampler({ root, remoteParentSampled: root, remoteParentNotSampled: root });
}
