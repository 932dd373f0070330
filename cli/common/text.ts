import Table from 'cli-table3';
import { printableLines } from '../../src/printable.ts';

/** `width` in characters wraps what is longer; without it the longest cell decides. */
type Column = { title: string; align?: 'left' | 'right'; width?: number };

/** A table of text for the terminal; what cannot be seen in a cell is an escape. Without colours, so that a pipe or a log gets the same characters. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const table = new Table({
    head: columns.map((column) => column.title),
    colAligns: columns.map((column) => column.align ?? 'left'),
    colWidths: columns.map((column) => column.width ?? null),
    wordWrap: columns.some((column) => column.width !== undefined),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows)
    table.push(row.map((cell) => (typeof cell === 'string' ? printableLines(cell) : cell)));
  return table.toString();
}

/** `1 product`, `2 products`. */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
