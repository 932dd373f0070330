import { SingleBar } from 'cli-progress';

export type Progress = {
  /** Counts one more as done, or several; `note` is shown beside the count. */
  advance(note?: string, by?: number): void;
  stop(): void;
};

type ProgressOptions = {
  label: string;
  total: number;
  /** How many an earlier run has done. */
  done?: number;
  /** Standard error by default: standard output belongs to the result. */
  stream?: NodeJS.WriteStream;
  /** Milliseconds, rising. */
  now?: () => number;
};

/** Where there is no terminal to draw on, a line is printed at most this often, so that short runs print none. */
const LINE_INTERVAL_MS = 5000;

/** Shows how far a long run is: a bar on a terminal, a line now and then in a pipe or a log. */
export function startProgress(options: ProgressOptions): Progress {
  const stream = options.stream ?? process.stderr;
  return stream.isTTY ? startBar(options, stream) : startLines(options, stream);
}

function startBar({ label, total, done = 0 }: ProgressOptions, stream: NodeJS.WriteStream): Progress {
  const bar = new SingleBar({
    format: `${label} [{bar}] {value}/{total} {note}`,
    stream,
    barsize: 30,
    clearOnComplete: true,
    gracefulExit: false, // Ctrl-C is the command's to handle.
  });
  bar.start(total, done, { note: '' });
  return {
    advance: (note = '', by = 1) => bar.increment(by, { note }),
    stop: () => bar.stop(),
  };
}

function startLines(
  { label, total, done = 0, now = () => performance.now() }: ProgressOptions,
  stream: NodeJS.WriteStream,
): Progress {
  let count = done;
  let lastLine = now();
  return {
    advance(note = '', by = 1) {
      count += by;
      if (now() - lastLine < LINE_INTERVAL_MS) return;
      lastLine = now();
      stream.write(`${label} ${count}/${total} ${note}`.trimEnd().concat('\n'));
    },
    stop() {},
  };
}

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
