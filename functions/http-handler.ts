import type { HttpHandler, HttpRequest, InvocationContext } from '@azure/functions';
import { type Answer, answerToRefusal } from '../src/receive/answer.ts';
import { errorTypeOf } from '../src/telemetry/trace.ts';
import { logTo } from './log-to.ts';
import { type HeaderReader, wireHeaders } from './wire-headers.ts';

/** What an HTTP function reads: the headers that came over the wire, and the body as it streams in. */
export type WireRequest = { headers: HeaderReader; body: HttpRequest['body'] };

/**
 * Makes a handler that always answers. With HTTP streaming the host does not answer for a handler that throws: the
 * caller waits until `functionTimeout`, and then the host restarts the worker with everything in flight.
 */
export function httpHandler(
  answerTo: (request: WireRequest, context: InvocationContext) => Promise<Answer>,
): HttpHandler {
  const safeAnswer = async (request: HttpRequest, context: InvocationContext): Promise<Answer> => {
    try {
      const headers = wireHeaders(request, context.invocationId);
      return await answerTo({ headers, body: request.body }, context);
    } catch (error) {
      logTo(context)('error', 'a request failed', { problem: errorTypeOf(error), at: framesOf(error) });
      return answerToRefusal('internal-error');
    }
  };
  return async (request, context) => {
    const { status, headers, body } = await safeAnswer(request, context);
    return { status, headers, jsonBody: body };
  };
}

/** Where the error was thrown. Its message is left out, because it may quote a payload. */
function framesOf(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.map((line) => line.trim()).filter((line) => /^at .*:\d+:\d+\)?$/.test(line));
}
