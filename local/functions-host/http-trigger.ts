import { randomUUID } from 'node:crypto';
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { finishRequests, listen } from '../listen.ts';
import { onlyLoopback } from '../only-loopback.ts';
import { StartError } from '../start-error.ts';
import { toBindingData } from './binding-data.ts';
import { answerEmpty, forward } from './forward.ts';
import type { Log } from './log.ts';
import { compileRoutes, httpRoutes, type RouteMatch } from './routes.ts';
import type { Watch } from './watch.ts';
import type { Worker } from './worker.ts';

/** What the HTTP trigger needs: the worker to invoke, where to listen, and the prefix of all routes (`api`). */
export type HttpTriggerOptions = {
  worker: Worker;
  port: number;
  routePrefix: string;
  watch?: Watch | undefined;
  /** Answers what no function takes; false where it does not either. */
  page?: ((req: IncomingMessage, res: ServerResponse) => boolean) | undefined;
  log: Log;
};

/** Kestrel's defaults, or those that the host in Azure gives it. */
const KEEP_ALIVE_MS = 130_000;
const MAX_HEADERS = 100;
const MAX_HEADER_BYTES = 32 * 1024;
const MAX_BODY_BYTES = 100 * 1024 * 1024;

/**
 * Serves the app's HTTP functions as the host in Azure does with HTTP streaming. It reads a body with a Content-Length
 * whole, and forwards a chunked one as it comes in, to the server that the library has opened in the app; beside that it
 * starts the invocation. The response comes back the same way. Like Core Tools, it asks for no function key. `close` lets
 * requests in flight finish, for this long at most.
 */
export async function startHttpTrigger(
  options: HttpTriggerOptions,
): Promise<{ url: string; close(graceMs: number): Promise<void> }> {
  const { worker, port, log } = options;
  const routes = httpRoutes(worker.functions);
  if (routes.length > 0 && (await worker.httpUri()) === undefined) {
    throw new StartError('This host serves HTTP functions only with app.setup({ enableHttpStream: true }).');
  }
  const findRoute = compileRoutes(routes, options.routePrefix);
  const agent = new Agent({ keepAlive: true });

  const onRequest = (req: IncomingMessage, res: ServerResponse) => {
    const { method = 'GET', url } = req;
    const match = findRoute(method, pathOf(url));
    const refusal = refusalOf(req, match);
    if (match && refusal === undefined) {
      void serve({ req, res, match, agent, ...options });
      return;
    }
    if (refusal === undefined && options.page?.(req, res)) return;
    const [status, why] = refusal ?? [404, 'no function takes it'];
    answerEmpty(res, status);
    // A malformed path is not logged.
    const line = `${method} ${status === 400 ? '' : pathOf(url)} → ${status}, ${why}`;
    log({ level: 'information', category: 'host', message: line });
  };
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, onRequest);
  onlyLoopback(server);
  // Node would answer an unknown `Expect` itself; the host in Azure does not.
  server.on('checkExpectation', (req, res) => server.emit('request', req, res));
  // Node would silently drop headers beyond a limit, so this counts them.
  server.maxHeadersCount = 0;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const url = `http://127.0.0.1:${await listen(server, port)}`;

  return {
    url,
    async close(graceMs) {
      await finishRequests(server, graceMs);
      agent.destroy();
    },
  };
}

type Exchange = Pick<HttpTriggerOptions, 'worker' | 'watch' | 'log'> & {
  req: IncomingMessage;
  res: ServerResponse;
  match: RouteMatch;
  agent: Agent;
};

/** What Kestrel and the host answer before any function gets a request; undefined if they do not. */
function refusalOf(req: IncomingMessage, match: RouteMatch | undefined): [number, string] | undefined {
  // Node would accept such a path but not forward it.
  if (/[^\x21-\x7e]/.test(req.url ?? '/')) return [400, 'malformed path'];
  if (req.rawHeaders.length / 2 > MAX_HEADERS) return [431, `more than ${MAX_HEADERS} headers`];
  if (match && contentLength(req) > MAX_BODY_BYTES) return [500, `more than ${MAX_BODY_BYTES} bytes`];
  return undefined;
}

async function serve({ req, res, match, worker, watch, agent, log }: Exchange): Promise<void> {
  const { functionName, bindingName } = match.route;
  const started = performance.now();
  const logLine = (outcome: string | number, problem?: string) => {
    const duration = Math.round(performance.now() - started);
    const line = `${req.method} ${pathOf(req.url)} → ${outcome} in ${duration} ms`;
    if (problem === undefined) log({ level: 'information', category: 'host', functionName, message: line });
    else log({ level: 'error', category: 'host', functionName, message: `${line}; ${problem}` });
  };

  const body = contentLength(req) > 0 ? await buffer(req).catch(() => null) : undefined;
  if (body === null) {
    logLine('client gone while the host read the body');
    return;
  }
  const invocationId = randomUUID();
  const target = loopback(await worker.httpUri());
  const forwarding = forward({ req, res, body, target, invocationId, agent });
  const streamed: Buffer[] = [];
  // Not before: a listener sets the stream flowing.
  if (watch && body === undefined) req.on('data', (chunk: Buffer) => streamed.push(chunk));
  const request = {
    invocationId,
    inputData: [{ name: bindingName, data: { http: {} } }],
    triggerMetadata: toBindingData({ req, body, routeParams: match.params }),
  };
  let state = 'the handler has not ended';
  const untilAnswered = async (result: Promise<unknown>) => {
    try {
      const isNothing = ((await result) ?? null) === null;
      state = isNothing ? 'the handler returned nothing' : 'the handler has ended without an answer';
    } catch (error) {
      state = 'the handler failed';
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log({ level: 'error', category: 'host', functionName, message });
    }
    await forwarding.done;
  };
  await worker
    .invoke(functionName, request, untilAnswered)
    .catch((error: Error) => forwarding.fail(`${error.message}: ${state}`));
  const { end, status, answer, problem } = await forwarding.done;
  logLine(end === 'answered' ? status : end, problem);
  watch?.onExchange({
    ...{ functionName, method: req.method ?? '', status, answer },
    body: body ?? Buffer.concat(streamed),
    milliseconds: performance.now() - started,
  });
}

function contentLength({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0);
}

/** The path without the query, which may hold a function key and so is never logged. */
function pathOf(url = '/'): string {
  return url.replace(/\?.*$/s, '');
}

/** The library calls its address localhost; machines differ in which loopback address that is. */
function loopback(httpUri = 'http://localhost/'): URL {
  const url = new URL(httpUri);
  if (url.hostname === 'localhost') url.hostname = '127.0.0.1';
  return url;
}
