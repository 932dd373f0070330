import { StoreRefusedError, StoreUnavailableError } from '../../../src/store/store-errors.ts';
import { syncBatch } from '../../../src/sync/sync-batch.ts';
import { writeMemory } from '../../../src/sync/write-memory.ts';

/** What is put to the test: the app's own code, or a bundle of it with a bug sown in. */
export type Core = {
  syncBatch: typeof syncBatch;
  writeMemory: typeof writeMemory;
  /** The errors that this very core knows: a bundle has classes of its own. */
  StoreRefusedError: typeof StoreRefusedError;
  StoreUnavailableError: typeof StoreUnavailableError;
};

export const realCore: Core = {
  syncBatch,
  writeMemory,
  StoreRefusedError,
  StoreUnavailableError,
};
