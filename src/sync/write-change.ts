import type { Span } from '@opentelemetry/api';
import type { ProductStore, ProductWriteResult, StoredItem } from '../store/product-store.ts';
import { StoreUnavailableError } from '../store/store-errors.ts';
import { type Change, toItem } from './change.ts';
import { type Decision, decide, type WriteOutcome } from './decide.ts';
import type { WriteMemory } from './write-memory.ts';

/** How often to decide again from a fresh read, before lost races count as a transient failure. */
const MAX_ATTEMPTS = 5;

export type WriteOptions = {
  tombstoneRetentionDays: number;
  signal: AbortSignal;
  span?: Span | undefined;
  /** Runs a write as soon as there is room for one more. */
  writing: (write: () => Promise<ProductWriteResult>) => Promise<ProductWriteResult>;
  /** Without one, every write needs a read first. */
  memory?: WriteMemory | undefined;
  /** Called if somebody else wrote the stored item, which this is about to replace. */
  onForeignItem: (productId: string) => void;
};

/**
 * Decides on a change by what is stored, and writes it on the condition that this has not changed since. Throws what the
 * store throws, and `StoreUnavailableError` after `MAX_ATTEMPTS` lost races.
 */
export async function writeChange(
  store: ProductStore,
  change: Change,
  options: WriteOptions,
): Promise<WriteOutcome> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const remembered = options.memory?.take(change) ?? null;
    const stored = remembered ?? (await store.read(change.productId, options));
    noteForeignItem(stored, change, options);
    const decision = decide(stored, change);
    if (decision.write === 'none') {
      // Only a fresh read may say that there is nothing to write: what is remembered may have been removed since.
      if (remembered !== null) continue;
      return decision.outcome;
    }
    const result = await options.writing(() => write(store, decision, options));
    if (result === 'conflict') continue;
    options.memory?.keep(decision.change, result.etag);
    return decision.outcome;
  }
  throw new StoreUnavailableError(`Lost ${MAX_ATTEMPTS} races for one product in a row.`);
}

function write(
  store: ProductStore,
  decision: Exclude<Decision, { write: 'none' }>,
  options: WriteOptions,
): Promise<ProductWriteResult> {
  const item = toItem(decision.change, options.tombstoneRetentionDays);
  return decision.write === 'create'
    ? store.create(item, options)
    : store.replace(item, decision.etag, options);
}

function noteForeignItem(stored: StoredItem | null, change: Change, options: WriteOptions): void {
  if (stored !== null && stored.sync === null) options.onForeignItem(change.productId);
}
