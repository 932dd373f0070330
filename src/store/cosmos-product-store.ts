import type { Container, ItemDefinition } from '@azure/cosmos';
import { toStoreError, writing } from './cosmos-errors.ts';
import { type ProductStore, StoredMark } from './product-store.ts';

/** The products container in Cosmos DB. `container` is asked for at each call, so that it is made when first used. */
export function cosmosProductStore(container: () => Promise<Container>): ProductStore {
  return {
    async read(id, { signal } = {}) {
      const { resource, etag } = await orStoreError(async () =>
        (await container()).item(id, id).read<ItemDefinition>({ ...(signal && { abortSignal: signal }) }),
      );
      if (resource === undefined) return null;
      const mark = StoredMark.safeParse(resource.sync);
      return { etag, deleted: resource.deleted === true, sync: mark.success ? mark.data : null };
    },
    create(item, { signal } = {}) {
      return writing(async () => {
        const { items } = await container();
        const { etag } = await items.create(item, { ...(signal && { abortSignal: signal }) });
        return { etag };
      });
    },
    replace(item, etag, { signal } = {}) {
      return writing(async () => {
        const accessCondition = { type: 'IfMatch', condition: etag };
        const stored = (await container()).item(item.id, item.id);
        const written = await stored.replace(item, {
          accessCondition,
          ...(signal && { abortSignal: signal }),
        });
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
