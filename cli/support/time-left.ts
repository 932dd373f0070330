/** A duration for people, in one or two units: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function durationInWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return joined([hours, 'h'], [minutes % 60, 'min']);
  return joined([Math.floor(hours / 24), 'd'], [hours % 24, 'h']);
}

function joined(...parts: [number, string][]): string {
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** Says how long the rest of a run takes at the speed so far; nothing until that can be told. */
export function timeLeft(
  now: () => number = () => performance.now(),
): (done: number, total: number) => string {
  const start = now();
  return (done, total) => {
    const elapsed = now() - start;
    if (done === 0 || elapsed < 2000 || done >= total) return '';
    return `about ${durationInWords((elapsed / done) * (total - done))} left`;
  };
}
