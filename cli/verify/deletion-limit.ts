import { countOf } from '../support/count-of.ts';
import type { VerifyReport } from './report.ts';

/** So many are marked as deleted whatever their share, so that a small catalog can be mended too. */
const ALWAYS_ALLOWED = 10;

const LARGEST_SHARE = 0.1;

/** The products that a repair marks as deleted: not in OrderCloud, not even under another spelling. */
export function toDelete({ differences }: Pick<VerifyReport, 'differences'>): string[] {
  return differences.flatMap((each) => (each.kind === 'extra' && each.knownAs === null ? [each.id] : []));
}

/**
 * Why nothing may be marked as deleted; null where it may. To an API client of another marketplace none of the products
 * that are stored exists, and it says so of each with the same certainty. `maxDeletions` is what the caller allows.
 */
export function deletionRefusal(report: VerifyReport, maxDeletions: number | undefined): string | null {
  const count = toDelete(report).length;
  if (count === 0) return null;
  if (report.listed === 0) {
    return 'OrderCloud lists no product at all, so nothing is marked as deleted: check the API client.';
  }
  const limit = maxDeletions ?? Math.max(ALWAYS_ALLOWED, Math.floor(report.stored * LARGEST_SHARE));
  if (count <= limit) return null;
  return `${countOf(count, 'product')} of ${report.stored.toLocaleString('en-US')} looked at here ${count === 1 ? 'is' : 'are'} not in OrderCloud; at most ${limit.toLocaleString('en-US')} may be marked as deleted, so none is. Check that the API client is of the marketplace of this container. If they are to go: --max-deletions ${count}`;
}
