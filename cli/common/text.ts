import Table from 'cli-table3';
import type { Issue } from '../../src/message/issue.ts';
import { printable, printableLines } from '../../src/printable.ts';

/** `width` in characters wraps what is longer; without it the longest cell decides. */
export type Column = { title: string; align?: 'left' | 'right'; width?: number };

/** Columns by their titles; `>` aligns one to the right. */
export function columns(titles: readonly string[]): Column[] {
  return titles.map((title) =>
    title.startsWith('>') ? { title: title.slice(1), align: 'right' } : { title },
  );
}

/** A last column is never narrower than this; a narrower terminal wraps the lines itself. */
const MIN_LAST_WIDTH = 20;

/** What stands around and between cells. */
const BORDER = 3;

/**
 * A table of text for the terminal; what cannot be seen in a cell is an escape. Without colours, so that a pipe or a log
 * gets the same characters. The last column takes what the others leave of the terminal's width, if there is one.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
  terminalWidth?: number,
): string {
  const cells = rows.map((row) => row.map((cell) => printableLines(String(cell))));
  const widths = columns.map(({ width }) => width ?? null);
  if (terminalWidth !== undefined) {
    const others = columns.slice(0, -1).map(({ title, width }, index) => {
      const longest = cells.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), title.length);
      return (width ?? longest + BORDER - 1) + 1;
    });
    const taken = others.reduce((sum, width) => sum + width, BORDER);
    widths[columns.length - 1] = Math.max(MIN_LAST_WIDTH, terminalWidth - taken);
  }
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ align = 'left' }) => align),
    colWidths: widths,
    wordWrap: widths.some((width) => width !== null),
    wrapOnWordBoundary: true,
    style: { head: [], border: [], compact: true },
  });
  table.push(...cells);
  return table.toString();
}

/** `1 product`, `2 products`. */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * Labels and values, one a line, the values below each other; `width` is that of the labels, or the longest decides. What
 * has no value is left out.
 */
export function factLines(facts: readonly (readonly [label: string, value: string])[], width = 0): string[] {
  const shown = facts.filter(([, value]) => value !== '');
  const longest = shown.reduce((most, [label]) => Math.max(most, label.length), width);
  return shown.map(([label, value]) => `  ${label.padEnd(longest)}  ${printable(value)}`);
}

/** The quantities that a price is for: `1–9`, `10+`, or a single one. */
export function quantitiesText({ from, to }: { from: number; to: number | null }): string {
  if (to === null) return `${from}+`;
  return from === to ? String(from) : `${from}–${to}`;
}

/** What is wrong with a value of a message, on one line. */
export function issueText({ path, expected, found }: Issue): string {
  return printable(`${path || '(the payload)'}: expected ${expected}, found ${found}`);
}
