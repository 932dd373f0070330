import pMap from 'p-map';
import type { CatalogItem, ProductCatalog } from '../../src/store/product-catalog.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import type { Product } from '../ordercloud/catalog-models.ts';
import { findProducts } from '../ordercloud/find-by-id.ts';
import { type CompareOptions, compareProduct, isStorable, type Mismatch } from './compare.ts';
import { type PriceBook, priceBookOnDemand } from './price-book.ts';

/** How one product stands. */
export type Verdict = { id: string } & (
  | { kind: 'same' }
  /** OrderCloud has it, the container does not; `isDeleted` when it has a tombstone. */
  | { kind: 'missing'; isDeleted: boolean }
  | { kind: 'differing'; mismatches: Mismatch[] }
  /** The container has it, OrderCloud does not; `knownAs` when OrderCloud spells its ID otherwise. */
  | { kind: 'extra'; knownAs: string | null }
  /** OrderCloud has it under an ID that the app refuses. */
  | { kind: 'unstorable' }
  /** OrderCloud does not have it, and this app did not write it. */
  | { kind: 'foreign' }
);

/** Both sides of the comparison. */
export type Sides = { api: OrderCloudApi; catalog: ProductCatalog; signal: AbortSignal } & CompareOptions;

const CHUNK_SIZE = 100;

const READS_AT_A_TIME = 16;

/** Looks at products by their IDs, on both sides anew. `onChecked` is told after each chunk how many it had. */
export async function checkAll(
  sides: Sides,
  ids: readonly string[],
  onChecked: (count: number) => void,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (let start = 0; start < ids.length; start += CHUNK_SIZE) {
    const chunk = ids.slice(start, start + CHUNK_SIZE);
    verdicts.push(...(await checkChunk(sides, chunk)));
    onChecked(chunk.length);
  }
  return verdicts;
}

async function checkChunk(sides: Sides, ids: readonly string[]): Promise<Verdict[]> {
  const { api, catalog, signal } = sides;
  const found = await findProducts(api, ids, { signal });
  const products = [...found.values()].flatMap(({ item }) => item ?? []);
  const prices = priceBookOnDemand(api);
  await prices.load(products, signal);
  const read = async (id: string) => {
    signal.throwIfAborted();
    return isStorable(id) ? catalog.read(id) : null;
  };
  const stored = await pMap(ids, read, { concurrency: READS_AT_A_TIME });
  return ids.map((id, index) =>
    verdictOn(id, { product: found.get(id)?.item ?? null, stored: stored[index] ?? null, prices }, sides),
  );
}

/** How a product stands that both sides were asked for. */
export function verdictOn(
  id: string,
  sides: { product: Product | null; stored: CatalogItem | null; prices: PriceBook },
  options: CompareOptions,
): Verdict {
  const { product, prices } = sides;
  const stored = sides.stored?.deleted ? null : sides.stored;
  if (product === null || product.ID !== id) {
    if (stored === null) return { id, kind: 'same' };
    return stored.sync === null
      ? { id, kind: 'foreign' }
      : { id, kind: 'extra', knownAs: product?.ID ?? null };
  }
  if (!isStorable(id)) return { id, kind: 'unstorable' };
  if (stored === null) return { id, kind: 'missing', isDeleted: sides.stored !== null };
  const mismatches = compareProduct({ product, price: prices.priceOf(product) }, stored, options);
  return mismatches.length === 0 ? { id, kind: 'same' } : { id, kind: 'differing', mismatches };
}
