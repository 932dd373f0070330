import pMap from 'p-map';
import type { CatalogItem } from '../../src/operate/product-catalog.ts';
import type { Account, AccountFlags } from '../common/account.ts';
import type { CommandContext } from '../common/context.ts';
import { startProgress } from '../common/progress.ts';
import { priceText } from '../common/text.ts';
import type { OrderCloudApi } from '../ordercloud/api.ts';
import { chunksOf, PRODUCTS, type Product, readMany } from '../ordercloud/catalog.ts';
import { isStorable } from '../resync/request-syncs.ts';
import { type DefaultPrice, openPriceBook, type PriceBook } from './prices.ts';

/** One property that differs, as text. */
export type Mismatch = {
  field: 'name' | 'active' | 'default price schedule' | 'default price';
  orderCloud: string;
  stored: string;
};

/** The command's options as commander gives them. */
export type VerifyFlags = AccountFlags & {
  catalog?: string;
  sample?: number;
  /** Seconds before a difference is checked again. */
  pause: number;
  repair?: true;
  rate: number;
  maxDeletions?: number;
  yes?: true;
};

/** What is to be compared, and both sides of it. */
export type VerifyRun = {
  flags: VerifyFlags;
  context: CommandContext;
  account: Account;
  api: OrderCloudApi;
  /** Whether messages carry prices. If not, a document without prices is no difference. */
  pricesExpected: boolean;
};

/** A product as OrderCloud has it; `price` is undefined if it cannot be read. */
export type Listed = { product: Product; price: DefaultPrice | null | undefined };

/** What differs between OrderCloud's product and a stored one that is not deleted. */
export function compareProduct(
  { product, price }: Listed,
  stored: CatalogItem,
  { pricesExpected }: Pick<VerifyRun, 'pricesExpected'>,
): Mismatch[] {
  const mismatches: Mismatch[] = [];
  const note = (field: Mismatch['field'], orderCloud: string | null, here: string | null) =>
    void mismatches.push({ field, orderCloud: orderCloud ?? 'none', stored: here ?? 'none' });
  const name = product.Name ?? null;
  if (name !== stored.name) note('name', name, stored.name);
  // A message may lack `Active`. Readers ask for true, so null is as good as false.
  const isActive = product.Active === true;
  if (isActive !== (stored.active === true)) note('active', String(isActive), String(stored.active));
  if (stored.defaultScheduleId === undefined && !pricesExpected) return mismatches;
  const scheduleId = product.DefaultPriceScheduleID || null;
  const storedId = stored.defaultScheduleId ?? null;
  // OrderCloud compares IDs without case.
  if (scheduleId?.toLowerCase() !== storedId?.toLowerCase()) {
    note('default price schedule', scheduleId, storedId);
  } else if (scheduleId !== null && price !== undefined) {
    const [orderCloud, here] = [priceText(price) || null, priceText(stored.display) || null];
    if (orderCloud !== here) note('default price', orderCloud, here);
  }
  return mismatches;
}

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

const CHUNK_SIZE = 100;

const READS_AT_A_TIME = 16;

/** Looks at products by their IDs, on both sides. */
export async function checkAll(run: VerifyRun, ids: readonly string[], label: string): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const progress = startProgress({ label, total: ids.length, stream: run.context.stderr });
  try {
    for (const chunk of chunksOf(ids, CHUNK_SIZE)) {
      verdicts.push(...(await checkChunk(run, chunk)));
      progress.advance('', chunk.length);
    }
  } finally {
    progress.stop();
  }
  return verdicts;
}

async function checkChunk(run: VerifyRun, ids: readonly string[]): Promise<Verdict[]> {
  const { api, account } = run;
  const found = await readMany(api, PRODUCTS, ids);
  const products = [...found.values()].flatMap(({ item }) => item ?? []);
  const prices = openPriceBook(api);
  await prices.load(products);
  const read = async (id: string) => {
    api.signal.throwIfAborted();
    return isStorable(id) ? account.catalog.read(id) : null;
  };
  const stored = await pMap(ids, read, { concurrency: READS_AT_A_TIME });
  return ids.map((id, index) =>
    verdictOn(id, { product: found.get(id)?.item ?? null, stored: stored[index] ?? null, prices }, run),
  );
}

/** How a product stands, by what both sides have. */
export function verdictOn(
  id: string,
  sides: { product: Product | null; stored: CatalogItem | null; prices: PriceBook },
  options: Pick<VerifyRun, 'pricesExpected'>,
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
