import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { OrderCloudSettings } from '../../../cli/ordercloud/api.ts';
import { listen, stopListening } from '../../../local/listen.ts';
import { catalogRoutes } from './catalog.ts';
import { deliverByHttp } from './deliver-by-http.ts';
import { deliveryConfigRoutes } from './delivery-configs.ts';
import { errorBody, Failure, insufficientRoles } from './failure.ts';
import { createFaults, type Faults } from './faults.ts';
import { emptyMarketplace, type Marketplace, type Model } from './marketplace.ts';
import { createOutbox, type Deliver, type Outbox } from './outbox.ts';
import { productSyncRoutes } from './product-sync.ts';
import type { Answer } from './route.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { createUserInfo, type UserInfo } from './user-info.ts';

const ROUTES = [...deliveryConfigRoutes, ...productSyncRoutes, ...catalogRoutes];

export const CLIENT_ID = '0E0450F1-5A5F-4B1C-9C4B-5B0A9B2C6A10';
export const CLIENT_SECRET = 'client-secret-of-the-tests';

/** A request as it came, for tests that look at what was sent. */
export type SeenRequest = { method: string; path: string; query: URLSearchParams; body: unknown };

/** OrderCloud, in this process, over real HTTP. */
export type OrderCloudServer = {
  url: string;
  /** Settings that reach it, as commands read them. */
  env: Record<string, string>;
  /** The same, as they are then. */
  settings: OrderCloudSettings;
  marketplace: Marketplace;
  faults: Faults;
  tokens: Tokens;
  userInfo: UserInfo;
  outbox: Outbox;
  /** Every request in order, without logins. */
  requests: SeenRequest[];
  /** Called before each request but logins is answered: to change something "in between". */
  onRequest: (request: SeenRequest) => void | Promise<void>;
  close(): Promise<void>;
};

export type OrderCloudServerOptions = {
  /** Of the API client; full access by default. */
  roles?: readonly string[];
  /** Takes messages to the app; by default posts them to the `Http` target. */
  deliver?: Deliver;
  tokenLifeSeconds?: number;
};

/** As the API reference and the SDKs describe it; never compared with the real one. */
export async function startOrderCloud(options: OrderCloudServerOptions = {}): Promise<OrderCloudServer> {
  const { roles = ['FullAccess'], deliver = deliverByHttp, tokenLifeSeconds = 36_000 } = options;
  const marketplace = emptyMarketplace();
  const client = { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, roles };
  const tokens = createTokens(client, () => tokenLifeSeconds);
  const http = createServer((request, response) => {
    respond(server, request, response).catch((error: unknown) => {
      response.destroy();
      throw error;
    });
  });
  const port = await listen(http);
  const url = `http://127.0.0.1:${port}`;
  const server: OrderCloudServer = {
    url,
    settings: { baseUrl: url, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, scope: [] },
    env: {
      ORDERCLOUD_API_URL: url,
      ORDERCLOUD_CLIENT_ID: CLIENT_ID,
      ORDERCLOUD_CLIENT_SECRET: CLIENT_SECRET,
    },
    marketplace,
    faults: createFaults(),
    tokens,
    userInfo: createUserInfo(url),
    outbox: createOutbox(marketplace, deliver),
    requests: [],
    onRequest: () => {},
    close: async () => {
      await server.outbox.settled();
      await stopListening(http);
    },
  };
  return server;
}

async function respond(server: OrderCloudServer, request: IncomingMessage, response: ServerResponse) {
  const { method = 'GET', headers } = request;
  const { pathname, searchParams: query } = new URL(request.url ?? '/', server.url);
  const text = await readText(request);
  const fault = server.faults.take(method, pathname);
  if (fault === 'hang up') return void request.socket.destroy();
  if (fault === 'no answer') return;
  try {
    if (fault !== undefined) {
      const { status, errorCode = 'Fault', message = 'A fault.' } = fault;
      for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
      throw new Failure(status, errorCode, message);
    }
    const ofUser = server.userInfo.answerTo(method, pathname, headers.authorization, text);
    if (ofUser !== null) return write(response, ofUser);
    if (pathname === '/oauth/token' && method === 'POST') {
      return write(response, { status: 200, body: server.tokens.issue(new URLSearchParams(text)) });
    }
    const roles = server.tokens.rolesOf(headers.authorization);
    const path = pathname.replace(/^\/v1(?=\/)/, '');
    const seen = { method, path, query, body: text === '' ? undefined : JSON.parse(text) };
    server.requests.push(seen);
    await server.onRequest(seen);
    write(response, answerTo(server, seen, roles));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    write(response, { status: error.status, body: errorBody(error) });
  }
}

function answerTo(server: OrderCloudServer, request: SeenRequest, roles: readonly string[]): Answer {
  const { method, path, query, body } = request;
  const route = ROUTES.find((each) => each.method === method && each.path.test(path));
  if (route === undefined) throw new Failure(404, 'NotFound', 'No such path.');
  if (!roles.includes(route.needs) && !roles.includes('FullAccess')) {
    throw insufficientRoles(route.needs, roles);
  }
  const params = (route.path.exec(path) ?? []).slice(1).map(decodeURIComponent);
  const { marketplace, outbox } = server;
  return route.answer({ params, query, body: (body ?? {}) as Model, marketplace, outbox });
}

function write(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
