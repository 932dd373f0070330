import type { Container } from '@azure/cosmos';
import type { ProductItem } from '../product/document.ts';
import { cosmosCall } from './cosmos-call.ts';
import { toStoreError } from './cosmos-errors.ts';
import type { ProductReader } from './product-reader.ts';

/** Whole documents of the products container in Cosmos DB. */
export function cosmosProductReader(container: () => Promise<Container>): ProductReader {
  return {
    async readItem(id, { signal, span } = {}) {
      try {
        const { resource } = await cosmosCall(container, 'read', span, (products) =>
          products.item(id, id).read<ProductItem>({ ...(signal && { abortSignal: signal }) }),
        );
        return resource ?? null;
      } catch (error) {
        throw toStoreError(error);
      }
    },
  };
}
