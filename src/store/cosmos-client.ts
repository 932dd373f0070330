import type { CosmosClient, CosmosClientOptions } from '@azure/cosmos';
import type { CosmosSettings } from '../settings/app-settings.ts';
import { isLoopback } from '../settings/loopback.ts';

type Throttling = { maxRetryAttemptCount: number; maxWaitTimeInSeconds: number };

/** Throttling is waited out here only briefly; beyond that an invocation's own budget decides. */
const BRIEF: Throttling = { maxRetryAttemptCount: 3, maxWaitTimeInSeconds: 2 };

/** For a person who waits: reading a whole container takes more request units than the app should be left without. */
export const PATIENT: Throttling = { maxRetryAttemptCount: 100, maxWaitTimeInSeconds: 120 };

/**
 * Makes a client. It opens no connection, but throws at once on an endpoint it cannot read, so make it only when
 * it is needed: an exception while a Functions app loads leaves no functions at all.
 */
export async function createCosmosClient(
  { access }: CosmosSettings,
  { throttling = BRIEF }: { throttling?: Throttling } = {},
): Promise<CosmosClient> {
  const { CosmosClient } = await import('./cosmos-library.ts');
  const shared: CosmosClientOptions = {
    connectionPolicy: {
      // A hang must leave time for another try within an invocation's budget.
      requestTimeout: 10_000,
      retryOptions: { ...throttling, fixedRetryIntervalInMilliseconds: 0 },
      // Emulators advertise addresses that are not theirs.
      enableEndpointDiscovery: !isLoopback(new URL(access.endpoint).hostname),
    },
    userAgentSuffix: 'ordercloud-product-sync',
  };
  switch (access.kind) {
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
