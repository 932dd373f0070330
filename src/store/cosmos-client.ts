import type { CosmosClient, CosmosClientOptions } from '@azure/cosmos';
import type { CosmosSettings } from '../config.ts';

/**
 * Makes a client. It opens no connection, but throws at once on an endpoint it cannot read, so make it only when
 * it is needed: an exception while a Functions app loads leaves no functions at all.
 */
export async function createCosmosClient({ access }: CosmosSettings): Promise<CosmosClient> {
  const { CosmosClient } = await import('@azure/cosmos');
  const shared: CosmosClientOptions = {
    connectionPolicy: {
      // A hang must leave time for another try within an invocation's budget.
      requestTimeout: 10_000,
      // Throttling is waited out here only briefly; beyond that our own budget decides.
      retryOptions: { maxRetryAttemptCount: 3, fixedRetryIntervalInMilliseconds: 0, maxWaitTimeInSeconds: 2 },
      // Emulators advertise addresses that are not theirs.
      enableEndpointDiscovery: !isLoopback(endpointOf(access)),
    },
    userAgentSuffix: 'ordercloud-product-sync',
  };
  switch (access.kind) {
    case 'connectionString':
      return new CosmosClient({ ...shared, connectionString: access.connectionString });
    case 'key':
      return new CosmosClient({ ...shared, endpoint: access.endpoint, key: access.key });
    case 'identity': {
      // Loaded only where it is used: it is the largest library of the app.
      const { DefaultAzureCredential } = await import('@azure/identity');
      return new CosmosClient({
        ...shared,
        endpoint: access.endpoint,
        aadCredentials: new DefaultAzureCredential(),
      });
    }
  }
}

function endpointOf(access: CosmosSettings['access']): string {
  if (access.kind !== 'connectionString') return access.endpoint;
  return /AccountEndpoint=([^;]+)/i.exec(access.connectionString)?.[1] ?? '';
}

function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname } = new URL(endpoint);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
