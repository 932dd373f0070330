import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpRequest } from '@azure/functions';
import { answerToRefusal } from '../src/webhook/answer.ts';
import { logToConsole } from './log-to.ts';

/** Reads one header of a request; null where it is absent. The standard `Headers` is one. */
export type HeaderReader = { get(name: string): string | null };

type Arrival = { request: IncomingMessage; response: ServerResponse };

/** Node announces each request to an HTTP server of this process here, before anybody else sees it. */
const REQUEST_CHANNEL = 'http.server.request.start';

/** Long after the worker has called the function of a request that it will ever call one for. */
const UNTAKEN_MS = 30_000;

/** Requests that no handler has taken yet, by invocation. */
const arrivals = new Map<string, Arrival & { timer: NodeJS.Timeout }>();

/**
 * Keeps the headers that came over the wire for the handlers that ask for them, until what is returned is called.
 *
 * With HTTP streaming `HttpRequest.headers` can be something else: the host's binding data has one place for the body's
 * top-level properties, the query and the request's headers, in this order. The `Headers` of OrderCloud's envelope takes
 * it, and the signature is gone. The host also proxies the request itself to the worker, headers untouched, and names
 * the invocation in one of its own. That arrives before the library creates the `HttpRequest`, and so before any hook.
 *
 * This can go when the library reads headers from that request, and no longer from the trigger's metadata
 * (https://github.com/Azure/azure-functions-host/issues/9840).
 */
export function keepWireHeaders(): () => void {
  subscribe(REQUEST_CHANNEL, onRequest);
  return () => {
    unsubscribe(REQUEST_CHANNEL, onRequest);
    for (const { timer } of arrivals.values()) clearTimeout(timer);
    arrivals.clear();
  };
}

/** The headers that came over the wire. A host that does not stream sends no request: its own headers are right. */
export function wireHeaders(request: HttpRequest, invocationId: string): HeaderReader {
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
 * Where the library fails before it calls a handler, the host has no answer either: the caller would wait until
 * `functionTimeout`, and then the worker is restarted with all that is in flight.
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
