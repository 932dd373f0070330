import type { HttpHandler } from '@azure/functions';
import type { Span } from '@opentelemetry/api';
import type { Log } from '../src/log.ts';
import { answerToRefusal } from '../src/receive/answer.ts';
import type { Answer } from '../src/receive/problem.ts';
import type { IncomingRequest } from '../src/receive/read-body.ts';
import { errorTypeOf, spanOfCaller } from '../src/telemetry/trace.ts';
import { logTo } from './log-to.ts';
import { wireHeaders } from './wire-headers.ts';

/**
 * Makes a handler that always answers. With HTTP streaming the host does not answer for a handler that throws: the
 * caller waits until `functionTimeout`, and then the host restarts the worker with everything in flight.
 */
export function httpHandler(
  answerTo: (request: IncomingRequest, log: Log, caller?: Span) => Promise<Answer>,
): HttpHandler {
  return async (request, context) => {
    const log = logTo(context);
    const answer = async () => {
      const headers = wireHeaders(request, context.invocationId);
      // The host's own span comes first, if it has one.
      const caller = spanOfCaller(context.traceContext?.traceParent || headers.get('traceparent'));
      return answerTo({ headers, body: request.body }, log, caller);
    };
    const { status, headers, body } = await answer().catch((error: unknown) => {
      log('error', 'a request failed', { problem: errorTypeOf(error), at: framesOf(error) });
      return answerToRefusal('internal-error');
    });
    return { status, headers, jsonBody: body };
  };
}

/** Where the error was thrown. Its message is left out, because it may quote a payload. */
function framesOf(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.map((line) => line.trim()).filter((line) => /^at .*:\d+:\d+\)?$/.test(line));
}
