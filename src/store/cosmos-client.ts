import type { CosmosClient } from '@azure/cosmos';
import { isLoopback } from '../settings/addresses.ts';
import type { CosmosSettings } from '../settings/app-settings.ts';

type Throttling = { maxRetryAttemptCount: number; maxWaitTimeInSeconds: number };

/** The SDK waits out throttling only briefly; after that an invocation's own budget decides. */
const BRIEF: Throttling = { maxRetryAttemptCount: 3, maxWaitTimeInSeconds: 2 };

/** For a person who waits: reading a whole container must not take all request units from the app. */
export const PATIENT: Throttling = { maxRetryAttemptCount: 100, maxWaitTimeInSeconds: 120 };

/**
 * Makes a client. It opens no connection, but throws at once on an endpoint it cannot read, so make it only when
 * it is needed: an exception while a Functions app loads leaves no functions at all.
 */
export async function createCosmosClient(
  { access: { endpoint, key } }: CosmosSettings,
  throttling: Throttling = BRIEF,
): Promise<CosmosClient> {
  const { CosmosClient } = await import('./cosmos-library.ts');
  return new CosmosClient({
    endpoint,
    ...(key === undefined ? { aadCredentials: await managedIdentity() } : { key }),
    connectionPolicy: {
      // A call that hangs must leave time for another try within an invocation's budget.
      requestTimeout: 10_000,
      retryOptions: { ...throttling, fixedRetryIntervalInMilliseconds: 0 },
      // Emulators advertise wrong addresses.
      enableEndpointDiscovery: !isLoopback(new URL(endpoint).hostname),
    },
    userAgentSuffix: 'ordercloud-product-sync',
  });
}

/** Loaded only if used: it is the app's largest library. */
async function managedIdentity() {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}
