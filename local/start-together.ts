/** Stops one part that was started; requests in flight may take this long to finish. */
export type Stop = (graceMs: number) => unknown;

/** As long as in Azure. */
const GRACE_MS = 10_000;

/**
 * Starts parts that end together: `start` pushes onto `stops` how each one stops. `close` stops the last first; if one
 * fails, the others stop all the same. So does a start that fails.
 */
export async function startTogether<Parts extends object>(
  start: (stops: Stop[]) => Promise<Parts>,
): Promise<Parts & { close(options?: { graceMs?: number }): Promise<void> }> {
  const stops: Stop[] = [];
  const close = async ({ graceMs = GRACE_MS } = {}): Promise<void> => {
    const stop = stops.pop();
    if (stop === undefined) return;
    try {
      await stop(graceMs);
    } finally {
      await close({ graceMs });
    }
  };
  try {
    return { ...(await start(stops)), close };
  } catch (error) {
    await close({ graceMs: 0 });
    throw error;
  }
}
