/**
 * Ends with the signal's reason as soon as it is aborted. What the promise stands for may go on; nobody hears of it.
 * @throws the signal's reason, once it is aborted
 */
export async function untilInterrupted<Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** The same for what comes one by one. */
export async function* eachUntilInterrupted<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await untilInterrupted(iterator.next(), signal);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: it may be waiting for a page that does not come.
    iterator.return?.().catch(() => {});
  }
}
