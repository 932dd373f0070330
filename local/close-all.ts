/** What undoes each part that was started; requests under way may take so long to finish. */
export type Started = ((graceMs: number) => unknown)[];

/** Undoes what was started, the last first; a failure in one leaves none of the others running. */
export async function closeAll(started: Started, graceMs: number): Promise<void> {
  const close = started.pop();
  if (close === undefined) return;
  try {
    await close(graceMs);
  } finally {
    await closeAll(started, graceMs);
  }
}
