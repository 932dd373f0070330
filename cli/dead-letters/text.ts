import type { DeadLetterSummary } from '../../src/operate/dead-letter-archive.ts';
import type { Replayed, ReplayRefusal } from '../../src/operate/replay-dead-letter.ts';
import { printable } from '../../src/printable.ts';
import { countOf, durationText, formatTable, issueText } from '../common/text.ts';
import type { Selection } from './select.ts';

type Problem = Pick<DeadLetterSummary, 'detail' | 'issues'>;

/** From this width on the terminal has room for all columns. */
const WIDE = 120;

/** Dead letters as a table; as wide as the terminal, or where there is none, one line each. */
export function summaryTable(
  deadLetters: readonly DeadLetterSummary[],
  { columns: width, now }: { columns: number | undefined; now: number },
): string {
  const isWide = (width ?? WIDE) >= WIDE;
  const wide = <Item>(...items: Item[]) => (isWide ? items : []);
  const rows = deadLetters.map((deadLetter) => [
    shortId(deadLetter),
    ...wide(deadLetter.receivedAt.slice(0, 16).replace('T', ' ')),
    durationText(now - Date.parse(deadLetter.receivedAt)),
    deadLetter.reason,
    printable(deadLetter.productId ?? '', isWide ? 40 : 15),
    ...wide(sourceText(deadLetter), String(deadLetter.attempts)),
    problemText(deadLetter),
  ]);
  const titles = [
    'ID',
    ...wide('Received (UTC)'),
    ...['>Age', 'Reason', 'Product'],
    ...wide('From', '>Attempts'),
    'What is wrong',
  ];
  return formatTable(titles, rows, width);
}

/** Where a message came from: `http`, or `eventhub/products/0 #4711`. */
export function sourceText({ stream, sequence }: Pick<DeadLetterSummary, 'stream' | 'sequence'>): string {
  return printable(sequence === null ? stream : `${stream} #${sequence}`, 80);
}

/** The first issue, or where there is none, the detail. */
function problemText({ detail, issues: [first, ...others] }: Problem): string {
  if (first === undefined) return printable(detail);
  return others.length === 0 ? issueText(first) : `${issueText(first)} (and ${others.length} more)`;
}

/** As many digits of an ID as git shows. Where two begin alike, commands ask for more. */
export function shortId({ id }: Pick<DeadLetterSummary, 'id'>): string {
  return id.slice(0, 8);
}

/** How many of each, the most frequent first: `9 invalid-message, 3 wrong-marketplace`. */
export function countsText(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([word, count]) => `${count} ${word}`).join(', ');
}

/** Which IDs there are none for, or that a filter chooses none. */
export function notFoundLines({ found, notFound }: Selection, address: string): string[] {
  if (found.length + notFound.length === 0) return [`No dead letters at ${address} match.`];
  return notFound.map((id) => `There is no dead letter ${id} at ${address}.`);
}

/** What became of one dead letter; `gone` when somebody else removed it before it could be replayed. */
export type ReplayedDeadLetter = { summary: DeadLetterSummary; replayed: Replayed | { kind: 'gone' } };

/** The result as JSON. */
export function replayReport(results: readonly ReplayedDeadLetter[], { found, notFound }: Selection) {
  const processed = results.filter(({ replayed }) => replayed.kind === 'processed').length;
  return {
    processed,
    notProcessed: found.length - processed,
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

const REPLAY_COLUMNS = ['ID', 'Product', 'From', 'What became of it'];

/** The result as text for people. */
export function replayText(
  results: readonly ReplayedDeadLetter[],
  selection: Selection,
  { address, columns: width }: { address: string; columns: number | undefined },
): string {
  const { found } = selection;
  const { processed, notProcessed, notTried } = replayReport(results, selection);
  const lines = notFoundLines(selection, address);
  if (found.length === 0) return lines.join('\n');
  const rows = results.map(({ summary, replayed }) => [
    shortId(summary),
    printable(summary.productId ?? '', 40),
    sourceText(summary),
    outcomeText(replayed),
  ]);
  const outcomes = results.flatMap(({ replayed }) =>
    replayed.kind === 'processed' ? [replayed.outcome] : [],
  );
  if (rows.length > 0) lines.push(formatTable(REPLAY_COLUMNS, rows, width));
  const how = processed > 0 ? ` (${countsText(outcomes)})` : '';
  lines.push(
    `${countOf(found.length, 'dead letter')} at ${address}: ${processed} processed${how}, ${notProcessed} not.`,
  );
  if (notTried > 0) lines.push(`Stopped early: ${notTried} not tried.`);
  return lines.join('\n');
}

function outcomeText(replayed: ReplayedDeadLetter['replayed']): string {
  switch (replayed.kind) {
    case 'processed': {
      const { outcome, isNoted } = replayed;
      const stillListed = '; still listed, because it was changed meanwhile or could not be removed';
      return `${outcome}${WHY[outcome] ?? ''}${isNoted ? '' : stillListed}`;
    }
    case 'rejected': {
      const { rejection, isNoted } = replayed;
      const notCounted = isNoted ? '' : '; this attempt could not be counted';
      return `still ${rejection.reason}: ${problemText(rejection)}${notCounted}`;
    }
    case 'refused':
      return REFUSED[replayed.reason];
    case 'unsettled':
      return `not settled: ${printable(replayed.problem)}`;
    case 'gone':
      return 'gone: somebody else has removed it meanwhile';
  }
}

/** Why an outcome has changed nothing. */
const WHY: Readonly<Record<string, string>> = {
  stale: ': what is stored is newer',
  duplicate: ': it is stored already',
  superseded: ' by a newer one of these',
  ignored: ': messages of its type are not processed',
};

const REFUSED: Record<ReplayRefusal, string> = {
  truncated:
    'cannot be replayed: only the first part of its body could be kept; have OrderCloud send the product again',
  'marketplace-unknown':
    'not replayed: ORDERCLOUD_MARKETPLACE_ID is not set here, so nothing tells whether it belongs; set it as the app has it',
  'older-than-tombstones':
    'not replayed: it is older than TOMBSTONE_RETENTION_DAYS, so a product deleted since could come back; --allow-old replays it all the same',
};
