import type { ProductItem } from '../product/document.ts';
import type { StoreCallOptions } from './product-store.ts';

/**
 * The port to the products container for offers: point reads of whole documents. The item is as it is stored, and
 * somebody else may have written it. The error is `StoreUnavailableError`.
 */
export type ProductReader = {
  readItem(id: string, options?: StoreCallOptions): Promise<ProductItem | null>;
};
