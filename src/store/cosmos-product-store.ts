import type { Container, ItemDefinition } from '@azure/cosmos';
import type { ProductItem } from '../product/document.ts';
import { type ProductReader, type ProductStore, StoredMark } from './product-store.ts';
import { createItem, readItem, replaceItem } from './store-call.ts';

/** The products container in Cosmos DB. Each call asks `container`, so that it is opened on first use. */
export function cosmosProductStore(container: () => Promise<Container>): ProductStore & ProductReader {
  return {
    async read(id, options) {
      const { resource, etag } = await readItem<ItemDefinition>(container, id, options);
      if (resource === undefined) return null;
      const mark = StoredMark.safeParse(resource.sync);
      return { etag, deleted: resource.deleted === true, sync: mark.success ? mark.data : null };
    },
    create: (item, options) => createItem(container, item, options),
    replace: (item, etag, options) => replaceItem(container, item, { ...options, ifMatch: etag }),
    async readItem(id, options) {
      const { resource } = await readItem<ProductItem>(container, id, options);
      return resource ?? null;
    },
  };
}
