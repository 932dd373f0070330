import type { StoredItem, StoredMark } from '../store/product-store.ts';
import type { Change } from './change.ts';
import { compare, haveComparableSequences, laterOf } from './is-newer.ts';

/** What became of a valid message. `superseded`: a newer message of the same batch was written instead. */
export type WriteOutcome = 'created' | 'updated' | 'deleted' | 'unchanged' | 'stale' | 'duplicate';

export type Decision =
  | { write: 'create'; change: Change; outcome: WriteOutcome }
  | { write: 'replace'; change: Change; etag: string; outcome: WriteOutcome }
  | { write: 'none'; outcome: 'stale' | 'duplicate' };

/** The table of contract section 4: what is stored against what arrives. */
export function decide(stored: StoredItem | null, arriving: Change): Decision {
  const isDelete = arriving.content === null;
  if (stored === null) {
    return { write: 'create', change: arriving, outcome: isDelete ? 'deleted' : 'created' };
  }
  const { etag, sync } = stored;
  if (sync === null) {
    // Somebody else wrote it: it counts as older than any message.
    return { write: 'replace', etag, change: arriving, outcome: isDelete ? 'deleted' : 'updated' };
  }
  const comparison = compare(arriving.sync, sync);
  if (comparison !== 'newer')
    return { write: 'none', outcome: comparison === 'older' ? 'stale' : 'duplicate' };

  const change = keepingLaterTime(arriving, sync);
  if (isDelete) return { write: 'replace', etag, change, outcome: 'deleted' };
  if (stored.deleted) return { write: 'replace', etag, change, outcome: 'created' };
  // Writes an unchanged product all the same: `sync` records how far we have read, and an old mark would let a late
  // older message win.
  const isSame = arriving.sync.contentHash === sync.contentHash;
  return { write: 'replace', etag, change, outcome: isSame ? 'unchanged' : 'updated' };
}

/** A stream's times may run back a little; a mark's never do. */
function keepingLaterTime(arriving: Change, stored: StoredMark): Change {
  if (!haveComparableSequences(arriving.sync, stored)) return arriving;
  return { ...arriving, sync: { ...arriving.sync, time: laterOf(arriving.sync.time, stored.time) } };
}
