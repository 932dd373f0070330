import type { ContainerDefinition } from '@azure/cosmos';
import type { CosmosSettings } from '../settings/app-settings.ts';

/** Of both containers: every read and write names one item by its id. */
const partitionKey = { paths: ['/id'] };

/**
 * The two containers as the app needs them. TTL is on without a default (-1): tombstones and dead letters carry their own
 * `ttl`, products none. The index leaves out everything that no query filters or sorts by, because each indexed term
 * costs request units on every write.
 */
export function containerDefinitions(settings: CosmosSettings): ContainerDefinition[] {
  return [
    {
      id: settings.productsContainer,
      partitionKey,
      defaultTtl: -1,
      indexingPolicy: indexOnly([
        '/deleted/?',
        '/active/?',
        '/name/?',
        '/parentId/?',
        '/ownerId/?',
        '/schemaVersion/?',
        '/categoryIds/[]/?',
        '/catalogIds/[]/?',
        '/buyerIds/[]/?',
        '/supplierIds/[]/?',
        '/inventory/quantityAvailable/?',
        '/pricing/display/price/?',
        '/pricing/display/salePrice/?',
        '/pricing/display/saleStart/?',
        '/pricing/display/saleEnd/?',
        '/sync/time/?',
        '/sync/transport/?',
      ]),
    },
    {
      id: settings.deadLettersContainer,
      partitionKey,
      defaultTtl: -1,
      indexingPolicy: indexOnly(['/reason/?', '/productId/?', '/receivedAt/?']),
    },
  ];
}

function indexOnly(paths: string[]): NonNullable<ContainerDefinition['indexingPolicy']> {
  return {
    indexingMode: 'consistent',
    automatic: true,
    includedPaths: paths.map((path) => ({ path })),
    excludedPaths: [{ path: '/*' }],
  };
}
