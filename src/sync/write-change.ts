import type { Span } from '@opentelemetry/api';
import type { ProductStore, ProductWriteResult, StoredItem } from '../store/product-store.ts';
import { StoreUnavailableError } from '../store/store-errors.ts';
import { type Change, toItem } from './change.ts';
import { type Decision, decide, type WriteOutcome } from './decide.ts';
import type { WriteMemory } from './write-memory.ts';

/** How often the decision is made again from a fresh read before losing counts as a transient failure. */
const MAX_ATTEMPTS = 5;

export type WriteOptions = {
  tombstoneRetentionDays: number;
  signal: AbortSignal;
  span?: Span | undefined;
  /** Runs a write when there is room for one more. */
  writing: (write: () => Promise<ProductWriteResult>) => Promise<ProductWriteResult>;
  /** Without one, every product is read before it is written. */
  memory?: WriteMemory | undefined;
  /** Told when the stored item was written by somebody else, and is going to be replaced. */
  onForeignItem: (productId: string) => void;
};

/**
 * Decides on a change from what is stored, and writes it on the condition that this has not changed since.
 * Throws what the store throws, and `StoreUnavailableError` after `MAX_ATTEMPTS` lost races.
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
      // That there is nothing to write is said by a read alone: what was remembered may have been removed since.
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
