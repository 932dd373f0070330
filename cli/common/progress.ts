import { SingleBar } from 'cli-progress';
import { durationText } from './text.ts';

type ProgressOptions = {
  label: string;
  total: number;
  /** How many earlier runs have done. */
  done?: number;
  /** Standard error: standard output belongs to the result. */
  stream: NodeJS.WriteStream;
};

export type Progress = ReturnType<typeof startProgress>;

/** Without a terminal, a line is printed at most this often; short runs print none. */
const LINE_INTERVAL_MS = 5000;

/** Shows how far a run is, and how long the rest takes: as a bar on a terminal, as lines in a pipe or a log. */
export function startProgress({ label, total, done = 0, stream }: ProgressOptions) {
  const bar = new SingleBar({
    format: `${label} [{bar}] {value}/{total} {note}`,
    stream,
    barsize: 30,
    clearOnComplete: true,
    gracefulExit: false, // Ctrl-C is the command's to handle.
  });
  // Without a terminal, the bar does nothing.
  bar.start(total, done, { note: '' });
  const start = performance.now();
  let lastLine = start;
  let count = done;
  return {
    /** Counts one more as done, or several; `note` is shown beside the count. */
    advance(note = '', by = 1): void {
      count += by;
      const now = performance.now();
      const left = timeLeft(now - start, { done: count - done, total: total - done });
      const about = [note, left].filter((each) => each !== '').join(', ');
      bar.update(count, { note: about });
      if (stream.isTTY || now - lastLine < LINE_INTERVAL_MS) return;
      lastLine = now;
      stream.write(`${label} ${count}/${total} ${about}`.trimEnd().concat('\n'));
    },
    stop: (): void => bar.stop(),
  };
}

/** By the speed so far, once there is one. */
function timeLeft(elapsed: number, { done, total }: { done: number; total: number }): string {
  if (elapsed < 2000 || done >= total) return '';
  return `about ${durationText((elapsed / done) * (total - done))} left`;
}
