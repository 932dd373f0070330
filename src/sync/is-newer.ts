import type { SyncMark } from '../product/document.ts';

/** The part of a sync mark that decides order. */
export type Position = Pick<SyncMark, 'stream' | 'sequence' | 'time'>;

/** How an arriving message compares to what is stored. */
export type Comparison = 'newer' | 'duplicate' | 'older';

/** Within it, the sequences of one stream decide; beyond it a stream was recreated under the same name. */
const SAME_STREAM_WINDOW_MS = 5 * 60 * 1000;

/** Whether both carry sequences of the same run of the same stream, which can be compared. */
export function haveComparableSequences(a: Position, b: Position): a is Position & { sequence: number } {
  return (
    a.stream === b.stream &&
    a.sequence !== null &&
    b.sequence !== null &&
    Math.abs(Date.parse(a.time) - Date.parse(b.time)) <= SAME_STREAM_WINDOW_MS
  );
}

/** The write rule of contract section 4. Its wording was simulated; change neither without the other. */
export function compare(arriving: Position, stored: Position): Comparison {
  if (haveComparableSequences(arriving, stored)) {
    const ahead = arriving.sequence - (stored.sequence as number);
    if (ahead === 0) return 'duplicate';
    return ahead > 0 ? 'newer' : 'older';
  }
  if (arriving.time !== stored.time) return arriving.time > stored.time ? 'newer' : 'older';
  if (arriving.stream !== stored.stream) return arriving.stream > stored.stream ? 'newer' : 'older';
  // HTTP carries no version: of two messages within one millisecond the later arrival wins.
  return arriving.stream === 'http' ? 'newer' : 'duplicate';
}

/** The later of two times in ISO 8601, UTC, milliseconds: these sort as text. */
export function laterOf(a: string, b: string): string {
  return a > b ? a : b;
}
