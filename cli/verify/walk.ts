import { z } from 'zod';
import type { CatalogItem } from '../../src/store/product-catalog.ts';
import type { Product } from '../ordercloud/catalog-models.ts';
import { listProducts } from '../ordercloud/list-all.ts';
import type { Journal } from '../support/journal.ts';
import { startProgress } from '../support/progress.ts';
import { timeLeft } from '../support/time-left.ts';
import { type Sides, verdictOn } from './check.ts';
import { openPriceBook, type PriceBook } from './price-book.ts';

/** One page of OrderCloud's listing, as the progress file keeps it: its IDs in order, and those to look at again. */
export const WalkedPage = z.object({ ids: z.array(z.string()), suspects: z.array(z.string()) });
export type WalkedPage = z.infer<typeof WalkedPage>;

/** What a first look at everything found. */
export type FirstLook = {
  /** Products of OrderCloud that were compared. */
  compared: number;
  /** Products of the container, without tombstones. */
  stored: number;
  /** IDs that look different, on either side. */
  suspects: string[];
};

type WalkOptions = {
  /** Only this catalog's products. */
  catalogId?: string | undefined;
  journal: Journal<WalkedPage>;
  stderr: NodeJS.WriteStream;
};

/**
 * Compares all that OrderCloud lists with all that is stored, at a first look. The container is read whole, once: what
 * of it OrderCloud does not list may be there in excess.
 */
export async function walk(sides: Sides, options: WalkOptions): Promise<FirstLook> {
  const { journal, catalogId } = options;
  const stored = await readContainer(sides, options);
  const storedCount = [...stored.values()].filter(({ deleted }) => !deleted).length;
  const suspects = journal.entries.flatMap((page) => page.suspects);
  for (const { ids } of journal.entries) for (const id of ids) stored.delete(id);
  let compared = journal.entries.reduce((sum, { ids }) => sum + ids.length, 0);
  const walked = compared;
  const after = journal.entries.at(-1)?.ids.at(-1);
  const left = timeLeft();
  let progress: ReturnType<typeof startProgress> | undefined;
  let prices: PriceBook | undefined;
  try {
    for await (const { items, remaining } of listProducts(sides.api, {
      after,
      catalogId,
      signal: sides.signal,
    })) {
      prices ??= await openPriceBook(sides.api, { productCount: remaining, signal: sides.signal });
      const total = compared + remaining;
      progress ??= startProgress({ label: 'Comparing', total, done: compared, stream: options.stderr });
      await prices.load(items, sides.signal);
      const page = { ids: items.map(({ ID }) => ID), suspects: suspectsOf(items, prices) };
      await journal.append(page);
      suspects.push(...page.suspects);
      compared += items.length;
      progress.advance(left(compared - walked, total - walked), items.length);
    }
  } finally {
    progress?.stop();
  }
  const excess = [...stored.values()].filter(({ deleted }) => !deleted).map(({ id }) => id);
  return { compared, stored: storedCount, suspects: [...suspects, ...excess] };

  function suspectsOf(items: readonly Product[], book: PriceBook): string[] {
    return items.flatMap((product) => {
      const item = stored.get(product.ID) ?? null;
      stored.delete(product.ID);
      // Of a catalog, only what names it was read: the rest is looked at one by one, with the suspects.
      const verdict = verdictOn(product.ID, { product, stored: item, prices: book }, sides);
      return verdict.kind === 'same' ? [] : [product.ID];
    });
  }
}

/** What is stored, by ID. */
async function readContainer(
  { catalog, signal }: Sides,
  { catalogId, stderr }: WalkOptions,
): Promise<Map<string, CatalogItem>> {
  const stored = new Map<string, CatalogItem>();
  if (stderr.isTTY) stderr.write('Reading the container …\n');
  for await (const item of catalog.list({ catalogId })) {
    signal.throwIfAborted();
    stored.set(item.id, item);
  }
  return stored;
}
