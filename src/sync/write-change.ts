import type { Log } from '../log.ts';
import type { ProductStore, StoreCallOptions, WriteResult } from '../store/product-store.ts';
import { StoreUnavailableError } from '../store/store-errors.ts';
import { type Change, toItem } from './change.ts';
import { type Decision, decide, type WriteOutcome } from './decide.ts';
import type { WriteMemory } from './write-memory.ts';

/** How often to decide again from a fresh read, before lost races count as a transient failure. */
const MAX_ATTEMPTS = 5;

export type WriteParts = StoreCallOptions & {
  products: ProductStore;
  settings: { tombstoneRetentionDays: number };
  log: Log;
  /** Runs a write as soon as there is room for one more. */
  writing: (write: () => Promise<WriteResult>) => Promise<WriteResult>;
  /** Without one, every write needs a read first. */
  memory?: WriteMemory | undefined;
};

/**
 * Decides on a change by what is stored, and writes it on the condition that this has not changed since. Throws what the
 * store throws, and `StoreUnavailableError` after `MAX_ATTEMPTS` lost races.
 */
export async function writeChange(parts: WriteParts, change: Change): Promise<WriteOutcome> {
  const { products, memory, log, writing, signal, span } = parts;
  const { productId } = change;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const remembered = memory?.take(change) ?? null;
    const stored = remembered ?? (await products.read(productId, { signal, span }));
    if (stored?.sync === null) log('warn', 'an item whose sync cannot be read is replaced', { productId });
    const decision = decide(stored, change);
    if (decision.write === 'none') {
      // Only a fresh read may say that there is nothing to write: what is remembered may have been removed since.
      if (remembered !== null) continue;
      return decision.outcome;
    }
    const result = await writing(() => write(parts, decision));
    if (result === 'conflict') continue;
    memory?.keep(decision.change, result.etag);
    return decision.outcome;
  }
  throw new StoreUnavailableError(`Lost ${MAX_ATTEMPTS} races for one product in a row.`);
}

function write(
  { products, settings, signal, span }: WriteParts,
  decision: Exclude<Decision, { write: 'none' }>,
): Promise<WriteResult> {
  const item = toItem(decision.change, settings.tombstoneRetentionDays);
  const options = { signal, span };
  return decision.write === 'create'
    ? products.create(item, options)
    : products.replace(item, decision.etag, options);
}
