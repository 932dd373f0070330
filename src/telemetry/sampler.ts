import { ParentBasedSampler, type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace-base';

/**
 * Keeps a number of traces a second, like a bucket that fills again; of deliveries that arrive together, the first ones.
 * Spans below a delivery follow it, and its caller has no say. (Microsoft's own, of the same name, mostly drops the first
 * delivery of an instance, and half of all deliveries well below its limit.)
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
