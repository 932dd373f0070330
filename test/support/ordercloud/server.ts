import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { OrderCloudSettings } from '../../../cli/ordercloud/api.ts';
import { listen, stopListening } from '../../../local/listen.ts';
import { catalogRoutes } from './catalog.ts';
import { integrationRoutes } from './integrations.ts';
import { emptyMarketplace, type Model } from './marketplace.ts';
import { createOAuth, type OAuth } from './oauth.ts';
import { createOutbox, type Deliver, deliverByHttp } from './outbox.ts';
import { type ApiAnswer, Failure } from './route.ts';

const ROUTES = Object.entries({ ...catalogRoutes, ...integrationRoutes }).flatMap(([role, answers]) =>
  Object.entries(answers).map(([route, answer]) => ({
    pattern: new RegExp(`^${route.replace(':id', '([^/]+)')}$`, 'i'),
    role,
    answer,
  })),
);

export const CLIENT_ID = '0E0450F1-5A5F-4B1C-9C4B-5B0A9B2C6A10';
export const CLIENT_SECRET = 'client-secret-of-the-tests';

/** A request as it came, for tests that look at what was sent. */
export type SeenRequest = { method: string; path: string; query: URLSearchParams; body: unknown };

/** OrderCloud, in this process, over real HTTP. */
export type OrderCloudServer = Awaited<ReturnType<typeof startOrderCloud>>;

export type OrderCloudServerOptions = {
  /** Of the API client; full access by default. */
  roles?: readonly string[];
  /** Takes messages to the app; by default posts them to the `Http` target. */
  deliver?: Deliver;
};

/** As the API reference and the SDKs describe it; never compared with the real one. */
export async function startOrderCloud(options: OrderCloudServerOptions = {}) {
  const { roles = ['FullAccess'], deliver = deliverByHttp } = options;
  const marketplace = emptyMarketplace();
  const outbox = createOutbox(marketplace, deliver);
  const http = createServer((request, response) => {
    respond(server, oauth, request)
      .then((answer) => write(answer, response))
      .catch((error: unknown) => {
        response.destroy();
        throw error;
      });
  });
  const url = `http://127.0.0.1:${await listen(http)}`;
  const client = { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
  const oauth = createOAuth({ ...client, roles }, url);
  const { tokens, userInfo } = oauth;
  const server = {
    url,
    /** Settings that reach it, as commands read them. */
    env: {
      ORDERCLOUD_API_URL: url,
      ORDERCLOUD_CLIENT_ID: CLIENT_ID,
      ORDERCLOUD_CLIENT_SECRET: CLIENT_SECRET,
    },
    /** The same, as they are then. */
    settings: { baseUrl: url, ...client, scope: [] } satisfies OrderCloudSettings,
    marketplace,
    outbox,
    tokens,
    userInfo,
    faults: createFaults(),
    /** Every request in order, without logins. */
    requests: [] as SeenRequest[],
    /** Called before each request but logins is answered: to change something "in between". */
    onRequest: (_request: SeenRequest): void | Promise<void> => {},
    close: async () => {
      await outbox.settled();
      await stopListening(http);
    },
  };
  return server;
}

/** What goes wrong with a request. */
type Fault =
  | { status: number; errorCode?: string; message?: string; headers?: Record<string, string> }
  | 'hang up'
  | 'no answer';

const NOT_THE_LOGIN = /^(?!\/oauth\/)/;

function createFaults() {
  let planned: { fault: Fault; method: string | undefined; path: RegExp; times: number }[] = [];
  return {
    /** The next `times` requests of this kind meet the fault; without `path`, every kind except logins. */
    next(fault: Fault, which: { method?: string; path?: RegExp; times?: number } = {}) {
      planned.push({
        fault,
        method: which.method,
        path: which.path ?? NOT_THE_LOGIN,
        times: which.times ?? 1,
      });
    },
    /** The fault that a request meets. */
    take(method: string, path: string): Fault | undefined {
      const found = planned.find((each) => (each.method ?? method) === method && each.path.test(path));
      if (found === undefined) return undefined;
      found.times -= 1;
      planned = planned.filter(({ times }) => times > 0);
      return found.fault;
    },
  };
}

/** An answer with the headers of a fault; or that there is none, and whether the connection ends. */
type Response = (ApiAnswer & { headers?: Record<string, string> }) | 'hang up' | 'no answer';

async function respond(server: OrderCloudServer, oauth: OAuth, request: IncomingMessage): Promise<Response> {
  const { method = 'GET', headers } = request;
  const { pathname, searchParams: query } = new URL(request.url ?? '/', server.url);
  const sent = await text(request);
  const fault = server.faults.take(method, pathname);
  if (fault === 'hang up' || fault === 'no answer') return fault;
  if (fault !== undefined) {
    const { status, errorCode = 'Fault', message = 'A fault.' } = fault;
    const { body } = new Failure(status, errorCode, message);
    return { status, headers: fault.headers ?? {}, body };
  }
  try {
    const { authorization } = headers;
    if (pathname.startsWith('/oauth/')) {
      return oauth.answerTo({ method, path: pathname, authorization, form: sent });
    }
    const roles = oauth.rolesOf(authorization);
    const path = pathname.replace(/^\/v1(?=\/)/, '');
    const seen = { method, path, query, body: sent === '' ? undefined : JSON.parse(sent) };
    server.requests.push(seen);
    await server.onRequest(seen);
    return answerTo(server, seen, roles);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { status: error.status, body: error.body };
  }
}

function answerTo(server: OrderCloudServer, request: SeenRequest, roles: readonly string[]): ApiAnswer {
  const { method, path, query, body } = request;
  for (const { pattern, role, answer } of ROUTES) {
    const match = pattern.exec(`${method} ${path}`);
    if (match === null) continue;
    if (!roles.includes(role) && !roles.includes('FullAccess')) {
      const message = 'User does not have role(s) required to perform this action.';
      const data = { SufficientRoles: [role, 'FullAccess'], AssignedRoles: roles };
      throw new Failure(403, 'Auth.InsufficientRoles', message).with(data);
    }
    const id = decodeURIComponent(match[1] ?? '');
    const { marketplace, outbox } = server;
    return answer({ id, query, body: (body ?? {}) as Model, marketplace, outbox });
  }
  throw new Failure(404, 'NotFound', 'No such path.');
}

function write(answer: Response, response: ServerResponse): void {
  if (answer === 'no answer') return;
  if (answer === 'hang up') return void response.destroy();
  const { status, body, headers } = answer;
  response.writeHead(status, {
    ...headers,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
