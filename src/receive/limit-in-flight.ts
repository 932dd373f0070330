import type { Span } from '@opentelemetry/api';
import { traced } from '../telemetry/trace.ts';
import type { Answer } from './problem.ts';

/**
 * Makes what answers at most `max` requests at a time, for the whole worker. Each answer is a span of this name, with its
 * status. It gives null for a request that is one too many.
 */
export function limitInFlight(name: string, max: number) {
  let inFlight = 0;
  return async (
    parent: Span | undefined,
    respond: (span: Span) => Promise<Answer>,
  ): Promise<Answer | null> => {
    if (inFlight >= max) return null;
    inFlight += 1;
    try {
      return await traced(name, { parent }, async (span) => {
        const answer = await respond(span);
        span.setAttribute('http.response.status_code', answer.status);
        return answer;
      });
    } finally {
      inFlight -= 1;
    }
  };
}
