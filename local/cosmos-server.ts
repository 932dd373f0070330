import { createHttpServer } from '@vercel/cosmosdb-server';
import { listen, stopListening } from './listen.ts';
import { LOCAL_COSMOS_KEY, localCosmosConnectionString } from './local-cosmos.ts';

/** A Cosmos DB account in memory; its contents are gone when it closes. */
export type CosmosServer = {
  endpoint: string;
  /** Accepted like any other key, since the server checks none: the SDK wants one of the right shape. */
  key: string;
  connectionString: string;
  close(): Promise<void>;
};

/**
 * Starts an empty in-memory Cosmos DB on the loopback interface; port 0 picks a free port. Clients need
 * `connectionPolicy: { enableEndpointDiscovery: false }`, because the server advertises itself under https.
 */
export async function startCosmosServer({ port = 0 }: { port?: number } = {}): Promise<CosmosServer> {
  const server = createHttpServer({ keepAlive: true });
  // An idle connection that the server closes looks like a reset to the SDK, which then waits and tries again.
  server.keepAliveTimeout = 0;
  const hostname = '127.0.0.1';
  const boundPort = await listen(server, { hostname, port, flag: '--cosmos-port' });
  return {
    endpoint: `http://${hostname}:${boundPort}`,
    key: LOCAL_COSMOS_KEY,
    connectionString: localCosmosConnectionString(boundPort),
    close: () => stopListening(server),
  };
}
