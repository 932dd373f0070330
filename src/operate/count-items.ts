import type { Container } from '@azure/cosmos';
import { toStoreError } from '../store/cosmos-errors.ts';
import { CATALOG_QUERIES } from './catalog-queries.ts';

/** How many items a query of `CATALOG_QUERIES` counts: by default all of a container. */
export async function countItems(
  container: () => Promise<Container>,
  query: 'countAll' | 'countTombstones' = 'countAll',
): Promise<number> {
  try {
    const counts = (await container()).items.query<number>(CATALOG_QUERIES[query]);
    const { resources } = await counts.fetchAll();
    return resources.reduce((sum, count) => sum + count, 0);
  } catch (error) {
    throw toStoreError(error);
  }
}
