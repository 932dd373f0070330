/** Stops one part that was started; requests in flight may take this long to finish. */
export type Started = ((graceMs: number) => unknown)[];

/** Stops what was started, the last first. If one fails, the others stop all the same. */
export async function closeAll(started: Started, graceMs: number): Promise<void> {
  const close = started.pop();
  if (close === undefined) return;
  try {
    await close(graceMs);
  } finally {
    await closeAll(started, graceMs);
  }
}
