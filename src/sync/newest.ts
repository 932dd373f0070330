import { groupBy } from '../group-by.ts';
import type { Change } from './change.ts';
import { compare, haveComparableSequences, laterOf } from './is-newer.ts';

/** A change, with whatever else its caller keeps beside it. */
type Candidate = { change: Change };

/**
 * The newest of one product's messages in a batch (contract section 4): per stream the newest is chosen first; it
 * takes the latest time among its superseded messages of that stream within the window; then the streams' winners
 * are compared. `candidates` are in the order of arrival and not empty.
 */
export function newestOf<C extends Candidate>(candidates: readonly C[]): { newest: C; change: Change } {
  const winners = [...groupBy(candidates, ({ change }) => change.sync.stream).values()].map((ofStream) => {
    const newest = ofStream.reduce((kept, next) => (isNewer(next.change, kept.change) ? next : kept));
    return { newest, change: withLatestTime(newest.change, ofStream) };
  });
  return winners.reduce((kept, next) => (isNewer(next.change, kept.change) ? next : kept));
}

function isNewer(arriving: Change, kept: Change): boolean {
  return compare(arriving.sync, kept.sync) === 'newer';
}

function withLatestTime(change: Change, ofStream: readonly Candidate[]): Change {
  const time = ofStream
    .filter((other) => haveComparableSequences(other.change.sync, change.sync))
    .reduce((latest, other) => laterOf(latest, other.change.sync.time), change.sync.time);
  return time === change.sync.time ? change : { ...change, sync: { ...change.sync, time } };
}
