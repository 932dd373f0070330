import { SingleBar } from 'cli-progress';

export type Progress = {
  /** Counts one more as done, or several; `note` is shown beside the count. */
  advance(note?: string, by?: number): void;
  stop(): void;
};

type ProgressOptions = {
  label: string;
  total: number;
  /** How many earlier runs have done. */
  done?: number;
  /** Standard error by default: standard output belongs to the result. */
  stream?: NodeJS.WriteStream;
  /** Milliseconds, rising. */
  now?: () => number;
};

/** Without a terminal, a line is printed at most this often; short runs print none. */
const LINE_INTERVAL_MS = 5000;

/** Shows how far a run is, and how long the rest takes: as a bar on a terminal, as lines in a pipe or a log. */
export function startProgress(options: ProgressOptions): Progress {
  const { total, done = 0, stream = process.stderr, now = () => performance.now() } = options;
  const { show, stop } = stream.isTTY ? startBar(options, stream) : startLines(options, stream);
  const start = now();
  let count = done;
  return {
    advance(note = '', by = 1) {
      count += by;
      const left = timeLeft(now() - start, { done: count - done, total: total - done });
      show(count, [note, left].filter((each) => each !== '').join(', '));
    },
    stop,
  };
}

type Display = { show(count: number, note: string): void; stop(): void };

function startBar({ label, total, done = 0 }: ProgressOptions, stream: NodeJS.WriteStream): Display {
  const bar = new SingleBar({
    format: `${label} [{bar}] {value}/{total} {note}`,
    stream,
    barsize: 30,
    clearOnComplete: true,
    gracefulExit: false, // Ctrl-C is the command's to handle.
  });
  bar.start(total, done, { note: '' });
  return { show: (count, note) => bar.update(count, { note }), stop: () => bar.stop() };
}

function startLines(
  { label, total, now = () => performance.now() }: ProgressOptions,
  stream: NodeJS.WriteStream,
): Display {
  let lastLine = now();
  return {
    show(count, note) {
      if (now() - lastLine < LINE_INTERVAL_MS) return;
      lastLine = now();
      stream.write(`${label} ${count}/${total} ${note}`.trimEnd().concat('\n'));
    },
    stop() {},
  };
}

/** By the speed so far, once there is one. */
function timeLeft(elapsed: number, { done, total }: { done: number; total: number }): string {
  if (elapsed < 2000 || done >= total) return '';
  return `about ${durationInWords((elapsed / done) * (total - done))} left`;
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
