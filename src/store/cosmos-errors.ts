import { StoreRefusedError, StoreUnavailableError } from './store-errors.ts';

/** What the SDK throws: `code` is a status, or for the network a code such as ECONNRESET. */
type CosmosError = { code?: unknown; substatus?: unknown };

/** The item's partition key does not match the container's: our configuration is wrong, not the item. */
const WRONG_PARTITION_KEY = 1001;

const CONFLICTS = new Set<unknown>([404, 409, 412]);

/** 409: there is one already. 412: it has changed. 404: it is gone. */
function isConflict(error: unknown): boolean {
  return CONFLICTS.has((error as CosmosError | null)?.code);
}

/**
 * Sorts what the SDK throws into the two kinds of failure (contract section 5). Only a refusal of this item is permanent.
 * A fault of our configuration, and everything unknown, is worth another try.
 */
export function toStoreError(error: unknown): StoreRefusedError | StoreUnavailableError {
  const { code, substatus } = (error ?? {}) as CosmosError;
  const isRefusal = code === 413 || (code === 400 && substatus !== WRONG_PARTITION_KEY);
  const status = `${code ?? (error instanceof Error ? error.name : 'unknown error')}`;
  const numbered = substatus === undefined ? status : `${status}, sub-status ${substatus}`;
  return isRefusal
    ? new StoreRefusedError(`Cosmos DB refuses this item (${numbered}).`, { cause: error })
    : new StoreUnavailableError(`Cosmos DB cannot be used right now (${numbered}).`, { cause: error });
}

/** Makes a conditional write. Returns its result, or that it met another version; throws other errors as a store's. */
export async function writing<Result>(call: () => Promise<Result>): Promise<Result | 'conflict'> {
  try {
    return await call();
  } catch (error) {
    if (isConflict(error)) return 'conflict';
    throw toStoreError(error);
  }
}
