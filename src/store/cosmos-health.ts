import type { Container } from '@azure/cosmos';

/** The checks of the store that fail; an empty list when all is well. */
export type StoreCheck =
  | 'cosmos-db'
  | `${'products' | 'dead-letters'}-container${'' | '-partition-key' | '-ttl'}`;

const TIMEOUT_MS = 4_000;

/** Whether Cosmos DB answers and both containers are as the app needs them: partition key `/id`, TTL on. */
export async function failingStoreChecks(containers: {
  products: () => Promise<Container>;
  deadLetters: () => Promise<Container>;
}): Promise<StoreCheck[]> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const failing = await Promise.all([
    failingContainerChecks('products', containers.products, signal),
    failingContainerChecks('dead-letters', containers.deadLetters, signal),
  ]);
  return [...new Set(failing.flat())];
}

async function failingContainerChecks(
  name: 'products' | 'dead-letters',
  container: () => Promise<Container>,
  signal: AbortSignal,
): Promise<StoreCheck[]> {
  try {
    const { resource } = await (await container()).read({ abortSignal: signal });
    if (resource === undefined) return [`${name}-container`];
    const failing: StoreCheck[] = [];
    if (resource.partitionKey?.paths.join() !== '/id') failing.push(`${name}-container-partition-key`);
    const { defaultTtl } = resource;
    // Products have no `ttl`, so any other default would remove them.
    const isTtlRight = name === 'products' ? defaultTtl === -1 : typeof defaultTtl === 'number';
    if (!isTtlRight) failing.push(`${name}-container-ttl`);
    return failing;
  } catch (error) {
    return (error as { code?: unknown } | null)?.code === 404 ? [`${name}-container`] : ['cosmos-db'];
  }
}
