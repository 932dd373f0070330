import { printable } from '../../src/printable.ts';
import type { DeadLetterSummary } from '../../src/store/dead-letter-archive.ts';
import type { RefusalReason, Replayed } from '../../src/sync/replay-dead-letter.ts';
import { formatTable } from '../support/table.ts';
import { countsText, countText, problemText, shortener, sourceText } from './format.ts';
import type { Selection } from './select.ts';

/** What became of one dead letter; `gone` when somebody else removed it before it could be replayed. */
export type ReplayedDeadLetter = { summary: DeadLetterSummary; replayed: Replayed | { kind: 'gone' } };

type Mended = Extract<Replayed, { kind: 'mended' }>;

/** The result as JSON. */
export function replayReport(results: readonly ReplayedDeadLetter[], { found, notFound }: Selection) {
  const mended = results.filter(({ replayed }) => replayed.kind === 'mended').length;
  return {
    mended,
    notMended: found.length - mended,
    notTried: found.length - results.length,
    notFound,
    results: results.map(({ summary: { id, productId }, replayed: { kind, ...rest } }) => ({
      id,
      productId,
      result: kind,
      ...rest,
    })),
  };
}

type Context = { address: string; columns: number | undefined; tombstoneRetentionDays: number };

/** The result as text for people. */
export function replayText(
  results: readonly ReplayedDeadLetter[],
  selection: Selection,
  { address, columns, tombstoneRetentionDays }: Context,
): string {
  const { found, notFound } = selection;
  const { mended, notMended, notTried } = replayReport(results, selection);
  const lines = notFound.map((id) => `There is no dead letter ${id} at ${address}.`);
  if (found.length === 0)
    return [...lines, ...(lines.length === 0 ? [`No dead letters at ${address} match.`] : [])].join('\n');

  const shorten = shortener(found.map(({ id }) => id));
  const rows = results.map(({ summary, replayed }) => [
    shorten(summary.id),
    printable(summary.productId ?? '', 40),
    sourceText(summary),
    outcomeText(replayed, tombstoneRetentionDays),
  ]);
  const outcomes = results.flatMap(({ replayed }) => (replayed.kind === 'mended' ? [replayed.outcome] : []));
  if (rows.length > 0) lines.push(tableOf(rows, columns));
  const howMended = mended > 0 ? ` (${countsText(outcomes)})` : '';
  lines.push(`${countText(found.length)} at ${address}: ${mended} mended${howMended}, ${notMended} not.`);
  if (notTried > 0) lines.push(`Stopped early: ${notTried} not tried.`);
  return lines.join('\n');
}

const TITLES = ['ID', 'Product', 'From', 'What became of it'];
const MIN_OUTCOME_WIDTH = 40;

function tableOf(rows: readonly (readonly string[])[], columns: number | undefined): string {
  const others = TITLES.slice(0, -1).map((title, index) =>
    rows.reduce((width, row) => Math.max(width, row[index]?.length ?? 0), title.length),
  );
  const taken = others.reduce((sum, width) => sum + width + 3, 3);
  const width = columns === undefined ? undefined : Math.max(MIN_OUTCOME_WIDTH, columns - taken);
  const isLast = (index: number) => index === TITLES.length - 1;
  return formatTable(
    TITLES.map((title, index) => ({ title, ...(isLast(index) && width !== undefined && { width }) })),
    rows,
  );
}

function outcomeText(replayed: ReplayedDeadLetter['replayed'], tombstoneRetentionDays: number): string {
  switch (replayed.kind) {
    case 'mended':
      return `${MENDED[replayed.outcome]}${replayed.isNoted ? '' : '; still listed, because it was changed meanwhile or could not be removed'}`;
    case 'rejected': {
      const { rejection, isNoted } = replayed;
      const notCounted = isNoted ? '' : '; this attempt could not be counted';
      return `still ${rejection.reason}: ${problemText(rejection)}${notCounted}`;
    }
    case 'refused':
      return REFUSED[replayed.reason](tombstoneRetentionDays);
    case 'unsettled':
      return `not settled: ${printable(replayed.problem)}`;
    case 'gone':
      return 'gone: somebody else has removed it meanwhile';
  }
}

const MENDED: Record<Mended['outcome'], string> = {
  created: 'created',
  updated: 'updated',
  deleted: 'deleted',
  unchanged: 'unchanged',
  stale: 'stale: what is stored is newer',
  duplicate: 'duplicate: it is stored already',
  superseded: 'superseded by a newer one of these',
  ignored: 'ignored: messages of its type are not processed',
};

const REFUSED: Record<RefusalReason, (tombstoneRetentionDays: number) => string> = {
  truncated: () =>
    'cannot be replayed: only the first part of its body could be kept; have OrderCloud send the product again',
  damaged: () => 'cannot be replayed: its body is no longer the one that came',
  'marketplace-unknown': () =>
    'not replayed: ORDERCLOUD_MARKETPLACE_ID is not set here, so nothing tells whether it belongs; set it as the app has it',
  'older-than-tombstones': (days) =>
    `not replayed: it is older than TOMBSTONE_RETENTION_DAYS (${days}), so a product deleted since could come back; --allow-old replays it all the same`,
};
