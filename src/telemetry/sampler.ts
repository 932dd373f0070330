import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { TelemetrySettings } from './telemetry-settings.ts';

/** OTEL_TRACES_SAMPLER as OpenTelemetry defines it. */
export function samplerOf({ name, ratio }: TelemetrySettings['sampler']): Sampler {
  const [always, never] = [new AlwaysOnSampler(), new AlwaysOffSampler()];
  const byRatio = new TraceIdRatioBasedSampler(ratio);
  switch (name) {
    case 'always_on':
      return always;
    case 'always_off':
      return never;
    case 'traceidratio':
      return byRatio;
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: always });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: never });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: byRatio });
  }
}
