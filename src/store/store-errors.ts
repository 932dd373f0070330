/** The store will never take this item, however often it is tried. */
export class StoreRefusedError extends Error {
  override readonly name = 'StoreRefusedError';
}

/** The store cannot be used right now, or is set up wrongly: worth trying again. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}
