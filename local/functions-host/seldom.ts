/** As long as an outage lasts, its errors come several times a second. */
const REPEAT_AFTER_MS = 30_000;

/** Makes the function that says whether to tell of a problem: at first, and then now and then only. */
export function seldom(now: () => number = () => performance.now()): (problem: string) => boolean {
  const told = new Map<string, number>();
  return (problem) => {
    const last = told.get(problem);
    if (last !== undefined && now() - last < REPEAT_AFTER_MS) return false;
    told.set(problem, now());
    return true;
  };
}
