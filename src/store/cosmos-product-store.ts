import type { Container, ItemDefinition } from '@azure/cosmos';
import { cosmosCall } from './cosmos-call.ts';
import { toStoreError, writing } from './cosmos-errors.ts';
import { type ProductStore, StoredMark } from './product-store.ts';

/** The products container in Cosmos DB. Each call asks `container`, so that it is created on first use. */
export function cosmosProductStore(container: () => Promise<Container>): ProductStore {
  return {
    async read(id, { signal, span } = {}) {
      const { resource, etag } = await orStoreError(() =>
        cosmosCall(container, 'read', span, (products) =>
          products.item(id, id).read<ItemDefinition>({ ...(signal && { abortSignal: signal }) }),
        ),
      );
      if (resource === undefined) return null;
      const mark = StoredMark.safeParse(resource.sync);
      return { etag, deleted: resource.deleted === true, sync: mark.success ? mark.data : null };
    },
    create(item, { signal, span } = {}) {
      return writing(async () => {
        const { etag } = await cosmosCall(container, 'create', span, (products) =>
          products.items.create(item, { ...(signal && { abortSignal: signal }) }),
        );
        return { etag };
      });
    },
    replace(item, etag, { signal, span } = {}) {
      return writing(async () => {
        const accessCondition = { type: 'IfMatch', condition: etag };
        const written = await cosmosCall(container, 'replace', span, (products) =>
          products
            .item(item.id, item.id)
            .replace(item, { accessCondition, ...(signal && { abortSignal: signal }) }),
        );
        return { etag: written.etag };
      });
    },
  };
}

async function orStoreError<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw toStoreError(error);
  }
}
