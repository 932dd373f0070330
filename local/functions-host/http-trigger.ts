import { randomUUID } from 'node:crypto';
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, stopListening } from '../listen.ts';
import { StartError } from '../start-error.ts';
import { answerEmpty, drain, forward } from './forward.ts';
import type { Log } from './log.ts';
import { compileRoutes, httpRoutes, type RouteMatch } from './routes.ts';
import type { RpcTypedData } from './rpc.ts';
import type { Worker } from './worker.ts';

/** The HTTP trigger, listening. */
export type HttpTrigger = { url: string; close(): Promise<void> };

/** What the HTTP trigger needs: the worker to invoke, where to listen, and the prefix of all routes (`api`). */
export type HttpTriggerOptions = {
  worker: Worker;
  hostname: string;
  port: number;
  routePrefix: string;
  log: Log;
};

/** Kestrel's default. */
const KEEP_ALIVE_MS = 130_000;

/**
 * Serves the HTTP functions of the app as the host in Azure does with HTTP streaming: each request goes, as it comes
 * in, to the server that the library has opened in the app, while the invocation is started beside it; the
 * response comes back the same way. Function keys are not asked for, as with Core Tools.
 */
export async function startHttpTrigger(options: HttpTriggerOptions): Promise<HttpTrigger> {
  const { worker, hostname, port, log } = options;
  const routes = httpRoutes(worker.functions);
  if (routes.length > 0 && worker.httpUri === undefined) {
    throw new StartError('This host serves HTTP functions only with app.setup({ enableHttpStream: true }).');
  }
  const findRoute = compileRoutes(routes, options.routePrefix);
  const agent = new Agent({ keepAlive: true });
  const target = loopback(worker.httpUri);

  const server = createServer((req, res) => {
    const { method = 'GET', url = '/' } = req;
    // As Kestrel does; Node would take such a request in but not send it on.
    const isMalformed = /[^\x21-\x7e]/.test(url);
    const match = isMalformed ? undefined : findRoute(method, pathOf(url));
    if (match && target) {
      void serve({ req, res, match, worker, target, agent, log });
      return;
    }
    answerEmpty(req, res, isMalformed ? 400 : 404);
    drain(req);
    const line = isMalformed
      ? `${method} → 400, malformed path`
      : `${method} ${pathOf(url)} → 404, no function takes it`;
    log({ level: 'information', category: 'host', message: line });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const url = `http://${hostname}:${await listen(server, { hostname, port, flag: '--port' })}`;

  return {
    url,
    async close() {
      await stopListening(server);
      agent.destroy();
    },
  };
}

type Exchange = {
  req: IncomingMessage;
  res: ServerResponse;
  match: RouteMatch;
  worker: Worker;
  target: URL;
  agent: Agent;
  log: Log;
};

async function serve({ req, res, match, worker, target, agent, log }: Exchange): Promise<void> {
  const { functionName, bindingName } = match.route;
  const started = performance.now();
  const invocationId = randomUUID();
  const forwarding = forward({ req, res, target, invocationId, agent });
  try {
    const { returned } = await worker.invoke(functionName, {
      invocationId,
      inputData: [{ name: bindingName, data: { http: {} } }],
      triggerMetadata: triggerMetadata(req, match.params),
    });
    if (returned === undefined || returned === null) {
      forwarding.fail('the handler returned nothing: with HTTP streaming, clients in Azure wait in vain');
    }
  } catch (error) {
    forwarding.fail('the handler failed');
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log({ level: 'error', category: 'host', functionName, message });
  }
  const { end, status, problem } = await forwarding.done;
  const outcome = end === 'answered' ? status : end;
  const duration = Math.round(performance.now() - started);
  const line = `${req.method} ${pathOf(req.url)} → ${outcome} in ${duration} ms`;
  log({
    level: problem === undefined ? 'information' : 'error',
    category: 'host',
    functionName,
    message: problem === undefined ? line : `${line}; ${problem}`,
  });
}

/** The path without the query, which may hold a function key and so is never logged. */
function pathOf(url = '/'): string {
  return url.replace(/\?.*$/s, '');
}

/** The library calls its address localhost; which of the machine's loopback addresses that is, differs. */
function loopback(httpUri: string | undefined): URL | undefined {
  if (httpUri === undefined) return undefined;
  const url = new URL(httpUri);
  if (url.hostname === 'localhost') url.hostname = '127.0.0.1';
  return url;
}

/** What the library builds the app's request from, besides the forwarded request itself. */
function triggerMetadata(req: IncomingMessage, params: Record<string, string>): Record<string, RpcTypedData> {
  const headers = Object.fromEntries(
    Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
  );
  const query = Object.fromEntries(new URLSearchParams((req.url ?? '').split('?').slice(1).join('?')));
  const routeParams = Object.entries(params).map(([name, value]) => [name, { string: value }] as const);
  return {
    ...Object.fromEntries(routeParams),
    Headers: { json: JSON.stringify(headers) },
    Query: { json: JSON.stringify(query) },
  };
}
