import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHttpServer } from '@vercel/cosmosdb-server';
import { localCosmosConnectionString } from './defaults.ts';
import { listen, stopListening } from './listen.ts';
import { type HttpRefusal, onlyLoopback } from './only-loopback.ts';

/** A Cosmos DB account in memory; its contents are gone when it closes. */
export type CosmosServer = {
  endpoint: string;
  connectionString: string;
  close(): Promise<void>;
};

/** Port 0, the default, picks a free one; `onAnswer` gets the milliseconds that each answer took. */
export type CosmosServerOptions = { port?: number; onAnswer?: (milliseconds: number) => void };

const ID = '[^/\\\\?#\\s]+';

/**
 * The resources that the app, its commands and its tests use. The library also offers user-defined functions, and runs
 * the text of each as code in this process as soon as it is created. It finds them in any case and behind backslashes, so
 * this lists what is served, not what is refused.
 */
const SERVED = new RegExp(`^//?(dbs(/${ID}(/colls(/${ID}(/(docs|pkranges)(/${ID})?)?)?)?)?)?/?$`);

/**
 * Starts an empty in-memory Cosmos DB on the loopback interface. Clients need
 * `connectionPolicy: { enableEndpointDiscovery: false }`, because the server advertises itself under https.
 */
export async function startCosmosServer({
  port = 0,
  onAnswer,
}: CosmosServerOptions = {}): Promise<CosmosServer> {
  const server = createHttpServer({ keepAlive: true });
  onlyLoopback(server, refuse);
  server.prependListener('request', ({ headers }, res) => {
    if (headers.prefer === 'return=minimal') sendNoItem(res);
  });
  if (onAnswer) {
    server.prependListener('request', (_, res) => {
      const started = performance.now();
      res.once('finish', () => onAnswer(performance.now() - started));
    });
  }
  // To the SDK, an idle connection that the server closes looks like a reset: it then waits and tries again.
  server.keepAliveTimeout = 0;
  const boundPort = await listen(server, port, '--cosmos-port');
  return {
    endpoint: `http://127.0.0.1:${boundPort}`,
    connectionString: localCosmosConnectionString(boundPort),
    close: () => stopListening(server),
  };
}

/** Of a write that succeeded, only status and headers: the library always sends the item. */
function sendNoItem(res: ServerResponse): void {
  const end = res.end.bind(res);
  res.end = (body?: unknown) => (res.statusCode < 300 ? end() : end(body));
}

function refuse({ url = '', headers }: IncomingMessage): HttpRefusal | undefined {
  if (!headers.authorization) return { status: 401, message: 'The header authorization is missing.' };
  const [path = ''] = url.split('?');
  if (SERVED.test(path)) return undefined;
  return { status: 404, message: 'This Cosmos DB serves databases, containers and items, and nothing else.' };
}
