/** The store will never accept this item, however often one tries. */
export class StoreRefusedError extends Error {
  override readonly name = 'StoreRefusedError';
}

/** The store is unavailable now, or configured wrongly: worth another try. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}
