/** During an outage the same error comes several times a second. */
const REPEAT_AFTER_MS = 30_000;

/** Makes a function that says whether to log a problem: the first time, and then only now and then. */
export function seldom(now: () => number = () => performance.now()): (problem: string) => boolean {
  const told = new Map<string, number>();
  return (problem) => {
    const last = told.get(problem);
    if (last !== undefined && now() - last < REPEAT_AFTER_MS) return false;
    told.set(problem, now());
    return true;
  };
}
