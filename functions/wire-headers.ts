import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpRequest } from '@azure/functions';
import { answerToRefusal } from '../src/receive/answer.ts';
import type { IncomingRequest } from '../src/receive/read-body.ts';
import { logToConsole } from './log-to.ts';

type Arrival = { request: IncomingMessage; response: ServerResponse };

/** If the worker calls the function of a request at all, it does so long before this. */
const UNTAKEN_MS = 30_000;

/** Requests that no handler has taken yet, by invocation. */
const arrivals = new Map<string, Arrival & { timer: NodeJS.Timeout }>();

/**
 * Keeps the headers that came over the wire for the handlers that ask for them.
 *
 * With HTTP streaming `HttpRequest.headers` can be something else. The host's binding data has one place, `Headers`, for
 * the body's top-level property, a query parameter and the request's own headers, in this order. The `Headers` of
 * OrderCloud's envelope takes it, and the signature is gone. The host also proxies the request itself to the worker, with
 * its headers, and names the invocation in a header of its own. That arrives before the library creates the
 * `HttpRequest`, and so before any hook.
 *
 * Remove this when the library reads headers from that request instead of the trigger's metadata
 * (https://github.com/Azure/azure-functions-host/issues/9840).
 */
export function keepWireHeaders(): void {
  // Node announces each request to an HTTP server of this process there, before anybody else sees it.
  subscribe('http.server.request.start', onRequest);
}

/** The headers that came over the wire. A host that does not stream sends no such request, and its headers are right. */
export function wireHeaders(request: HttpRequest, invocationId: string): IncomingRequest['headers'] {
  const wire = drop(invocationId)?.request.headers;
  if (wire === undefined) return request.headers;
  return { get: (name) => wire[name.toLowerCase()]?.toString() ?? null };
}

function onRequest(message: unknown): void {
  const { request, response } = message as Arrival;
  const invocationId = request.headers['x-ms-invocation-id'];
  if (typeof invocationId !== 'string') return;
  drop(invocationId);
  const timer = setTimeout(() => answerUntaken(invocationId), UNTAKEN_MS).unref();
  arrivals.set(invocationId, { request, response, timer });
  response.once('close', () => drop(invocationId));
}

/**
 * If the library fails before it calls a handler, the host does not answer either: the caller waits until
 * `functionTimeout`, and then the host restarts the worker with everything in flight.
 */
function answerUntaken(invocationId: string): void {
  const response = drop(invocationId)?.response;
  if (response === undefined || response.headersSent) return;
  const problem = "its body's `Headers` may hold what no HTTP header can";
  logToConsole('error', 'a request did not reach its function', { invocationId, problem });
  const { status, headers, body } = answerToRefusal('internal-error');
  response.writeHead(status, headers).end(JSON.stringify(body));
}

function drop(invocationId: string): Arrival | undefined {
  const arrival = arrivals.get(invocationId);
  clearTimeout(arrival?.timer);
  arrivals.delete(invocationId);
  return arrival;
}
