import Table from 'cli-table3';
import type { Issue } from '../../src/message/issue.ts';
import type { CatalogItem } from '../../src/operate/product-catalog.ts';
import { printable, printableLines } from '../../src/printable.ts';

/** A last column is never narrower than this; a narrower terminal wraps the lines itself. */
const MIN_LAST_WIDTH = 20;

/** The characters around and between cells. */
const BORDER = 3;

type Rows = readonly (readonly (string | number)[])[];

/**
 * A table of text for the terminal; what cannot be seen in a cell is an escape. Without colours, so that a pipe or a log
 * gets the same characters. A title with `>` in front aligns its column to the right. The last column takes what the
 * others leave of the terminal's width, if there is one.
 */
export function formatTable(titles: readonly string[], rows: Rows, terminalWidth?: number): string {
  const head = titles.map((title) => title.replace(/^>/, ''));
  const cells = rows.map((row) => row.map((cell) => printableLines(String(cell))));
  const widths: (number | null)[] = head.map(() => null);
  if (terminalWidth !== undefined) {
    const taken = head.slice(0, -1).reduce((sum, title, index) => {
      const longest = cells.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), title.length);
      return sum + longest + BORDER;
    }, BORDER);
    widths[head.length - 1] = Math.max(MIN_LAST_WIDTH, terminalWidth - taken);
  }
  const table = new Table({
    head,
    colAligns: titles.map((title) => (title.startsWith('>') ? 'right' : 'left')),
    colWidths: widths,
    wordWrap: terminalWidth !== undefined,
    wrapOnWordBoundary: true,
    style: { head: [], border: [], compact: true },
  });
  table.push(...cells);
  return table.toString();
}

const MAX_ROWS = 50;

/** A table of the first rows, and how many more there are; nothing where there are none. */
export function tableLines(titles: readonly string[], rows: Rows): string[] {
  if (rows.length === 0) return [];
  const more = rows.length - MAX_ROWS;
  const table = formatTable(titles, rows.slice(0, MAX_ROWS));
  return more > 0 ? [table, `… and ${more} more; --json has all.`] : [table];
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

/** A duration in the units of `--since`, which fit a column of a table: `45s`, `12m`, `3h`, `7d`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return `${seconds}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes}m`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours}h` : `${Math.round(hours / 24)}d`;
}

/** How long ago an instant was: `5m ago`. */
export function agoText(instant: string, now: number): string {
  return `${durationText(now - Date.parse(instant))} ago`;
}

/** A display price: `39.95 USD`, `39.95 USD (sale 34.95)`; empty if there is none. */
export function priceText(display: CatalogItem['display']): string {
  if (!display || display.price === null) return '';
  const { price, currency, salePrice } = display;
  return amountText(price, currency) + (salePrice === null ? '' : ` (sale ${salePrice})`);
}

/** A price with its currency, if they are known: `12.5 USD`. */
export function amountText(amount: number | null, currency: string | null): string {
  return amount === null ? '' : `${amount} ${currency ?? ''}`.trim();
}
