import type { Container } from '@azure/cosmos';
import { toStoreError } from '../store/store-errors.ts';

const PAGE_SIZE = 1000;

/** The rows of a query, read page by page; `values` are those of its parameters, by name without `@`. */
export async function* queryRows<Row>(
  container: () => Promise<Container>,
  query: string,
  values: Readonly<Record<string, string | number>> = {},
): AsyncGenerator<Row> {
  const parameters = Object.entries(values).map(([name, value]) => ({ name: `@${name}`, value }));
  try {
    const { items } = await container();
    const pages = items.query<Row>({ query, parameters }, { maxItemCount: PAGE_SIZE });
    for await (const { resources } of pages.getAsyncIterator()) yield* resources ?? [];
  } catch (error) {
    throw toStoreError(error);
  }
}

/** How many items a query counts: by default all of a container. */
export async function countItems(
  container: () => Promise<Container>,
  query = 'SELECT VALUE COUNT(1) FROM c',
): Promise<number> {
  let sum = 0;
  for await (const count of queryRows<number>(container, query)) sum += count;
  return sum;
}
