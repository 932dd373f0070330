import { printable } from '../../src/printable.ts';
import type { DeadLetterSummary } from '../../src/store/dead-letter-archive.ts';
import { formatTable } from '../support/table.ts';
import { durationText } from './since.ts';

type Problem = Pick<DeadLetterSummary, 'detail' | 'issues'>;

/** As many digits of an ID as git shows, and more where two begin alike. */
const SHORT_ID_LENGTH = 8;

/** The last column is never narrower than this; a narrow terminal wraps the lines itself. */
const MIN_PROBLEM_WIDTH = 40;

/** What cli-table3 puts around and between cells. */
const BORDERS_PER_COLUMN = 3;

const TITLES = ['ID', 'Received (UTC)', 'Age', 'Reason', 'Product', 'From', 'Attempts'];

/** Dead letters as a table; as wide as the terminal, or where there is none, one line each. */
export function deadLetterTable(
  deadLetters: readonly DeadLetterSummary[],
  { columns, now }: { columns: number | undefined; now: number },
): string {
  const shorten = shortener(deadLetters.map(({ id }) => id));
  const rows = deadLetters.map((deadLetter) => [
    shorten(deadLetter.id),
    deadLetter.receivedAt.slice(0, 16).replace('T', ' '),
    durationText(now - Date.parse(deadLetter.receivedAt)),
    deadLetter.reason,
    printable(deadLetter.productId ?? '', 40),
    sourceText(deadLetter),
    String(deadLetter.attempts),
  ]);
  const problemWidth =
    columns === undefined ? undefined : Math.max(MIN_PROBLEM_WIDTH, columns - widthOf(rows));
  return formatTable(
    [
      ...TITLES.map((title) => ({
        title,
        align: title === 'Age' || title === 'Attempts' ? ('right' as const) : ('left' as const),
      })),
      { title: 'What is wrong', ...(problemWidth !== undefined && { width: problemWidth }) },
    ],
    rows.map((row, index) => [...row, problemText(deadLetters[index] as DeadLetterSummary)]),
  );
}

/** Where a message came from: `http`, or `eventhub/products/0 #4711`. */
export function sourceText({ stream, sequence }: Pick<DeadLetterSummary, 'stream' | 'sequence'>): string {
  return printable(sequence === null ? stream : `${stream} #${sequence}`, 80);
}

/** The first issue, or where there is none, the detail. */
export function problemText({ detail, issues: [first, ...others] }: Problem): string {
  if (first === undefined) return printable(detail);
  return others.length === 0 ? issueText(first) : `${issueText(first)} (and ${others.length} more)`;
}

/** One issue on one line. */
export function issueText({ path, expected, found }: Problem['issues'][number]): string {
  return printable(`${path || '(the payload)'}: expected ${expected}, found ${found}`);
}

/** Shortens IDs to as many digits as tell all of these apart. */
export function shortener(ids: readonly string[]): (id: string) => string {
  const distinct = new Set(ids).size;
  let length = SHORT_ID_LENGTH;
  while (length < 64 && new Set(ids.map((id) => id.slice(0, length))).size < distinct) length += 1;
  return (id) => id.slice(0, length);
}

/** `1 dead letter`, `2 dead letters`. */
export function countText(count: number): string {
  return `${count} dead ${count === 1 ? 'letter' : 'letters'}`;
}

/** How many of each, the most frequent first: `9 invalid-message, 3 wrong-marketplace`. */
export function countsText(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([word, count]) => `${count} ${word}`).join(', ');
}

function widthOf(rows: readonly (readonly string[])[]): number {
  const widths = TITLES.map((title, index) =>
    rows.reduce((width, row) => Math.max(width, row[index]?.length ?? 0), title.length),
  );
  return widths.reduce((sum, width) => sum + width + BORDERS_PER_COLUMN, BORDERS_PER_COLUMN);
}
