/** The store will never accept this item, however often one tries. */
export class StoreRefusedError extends Error {
  override readonly name = 'StoreRefusedError';
}

/** The store is unavailable now, or configured wrongly: worth another try. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** The item's partition key does not match the container's: our configuration is wrong, not the item. */
const WRONG_PARTITION_KEY = 1001;

/**
 * Sorts what Cosmos DB's library throws into the two kinds of failure (contract section 5). Only a refusal of this item is
 * permanent. A fault of our configuration, and everything unknown, is worth another try.
 */
export function toStoreError(error: unknown): StoreRefusedError | StoreUnavailableError {
  // `code` is a status, or for the network a code such as ECONNRESET.
  const { code, substatus } = (error ?? {}) as { code?: unknown; substatus?: unknown };
  const isRefusal = code === 413 || (code === 400 && substatus !== WRONG_PARTITION_KEY);
  const status = `${code ?? (error instanceof Error ? error.name : 'unknown error')}`;
  const numbered = substatus === undefined ? status : `${status}, sub-status ${substatus}`;
  return isRefusal
    ? new StoreRefusedError(`Cosmos DB refuses this item (${numbered}).`, { cause: error })
    : new StoreUnavailableError(`Cosmos DB cannot be used right now (${numbered}).`, { cause: error });
}
