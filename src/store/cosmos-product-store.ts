import type { Container, ItemDefinition } from '@azure/cosmos';
import type { ProductItem } from '../product/document.ts';
import { type ProductReader, type ProductStore, StoredMark } from './product-store.ts';
import { readItem, storeCall } from './store-call.ts';

/**
 * Cosmos DB then does not send back what was written: its other libraries name this `EnableContentResponseOnWrite`. This
 * one has it for batches only, and its `create` needs the item in the answer.
 */
const RETURN_NOTHING = { Prefer: 'return=minimal' };

/** The products container in Cosmos DB. Each call asks `container`, so that it is opened on first use. */
export function cosmosProductStore(container: () => Promise<Container>): ProductStore & ProductReader {
  return {
    async read(id, options) {
      const { resource, etag } = await readItem<ItemDefinition>(container, id, options);
      if (resource === undefined) return null;
      const mark = StoredMark.safeParse(resource.sync);
      return { etag, deleted: resource.deleted === true, sync: mark.success ? mark.data : null };
    },
    create: (item, options) =>
      storeCall(container, { ...options, operation: 'create' }, (products, request) =>
        products.items.create(item, request),
      ),
    replace: (item, etag, options) =>
      storeCall(container, { ...options, operation: 'replace', ifMatch: etag }, (products, request) =>
        products.item(item.id, item.id).replace(item, { ...request, initialHeaders: RETURN_NOTHING }),
      ),
    async readItem(id, options) {
      const { resource } = await readItem<ProductItem>(container, id, options);
      return resource ?? null;
    },
  };
}
