import { printable } from '../../src/printable.ts';
import type { ProductDocument, ProductItem } from '../../src/product/document.ts';
import type { DeadLetter } from '../../src/store/dead-letter.ts';
import { formatTable } from '../common/text.ts';
import { contentOf } from './compare.ts';

const MAX_CELL_CHARACTERS = 28;

/** The products as stored, for a person. `outcomes` holds what became of each product's messages, in order. */
export function productTable(items: readonly ProductItem[], outcomes: ReadonlyMap<string, string[]>): string {
  const rows = items.map((item) => {
    const outcome = (outcomes.get(item.id) ?? []).join(', ');
    if ('deleted' in item) return [item.id, '(deleted)', '', '', '', '', '', outcome];
    return [
      item.id,
      cell(item.name ?? ''),
      displayPrice(item),
      salePrice(item),
      String(item.specs.reduce((count, { options }) => count + options.length, 0) || ''),
      cell(item.categoryIds.join(', ')),
      String(item.pricing?.parties.length || ''),
      outcome,
    ];
  });
  const titles = ['Product', 'Name', 'Price', 'Sale', 'Options', 'Categories', 'Parties', 'Outcome'];
  const numbers = new Set(['Price', 'Options', 'Parties']);
  return formatTable(
    titles.map((title) => ({ title, align: numbers.has(title) ? 'right' : 'left' })),
    rows,
  );
}

/** One document as it is stored, Cosmos DB's own properties left out. */
export function documentText(item: ProductItem): string {
  return JSON.stringify({ ...contentOf(item), sync: item.sync }, null, 2);
}

/** The messages that could not be processed, and why. */
export function deadLetterTable(deadLetters: readonly DeadLetter[]): string {
  return formatTable(
    [{ title: 'Reason' }, { title: 'Product' }, { title: 'What is wrong', width: 90 }],
    deadLetters.map(({ reason, productId, detail, issues }) => [
      reason,
      productId ?? '',
      issues.length === 0 ? detail : issueLines(issues),
    ]),
  );
}

const MAX_ISSUES_SHOWN = 3;

function issueLines(issues: DeadLetter['issues']): string {
  const lines = issues
    .slice(0, MAX_ISSUES_SHOWN)
    .map(({ path, expected, found }) => printable(`${path}: expected ${expected}, found ${found}`));
  if (issues.length > MAX_ISSUES_SHOWN) lines.push(`… and ${issues.length - MAX_ISSUES_SHOWN} more`);
  return lines.join('\n');
}

function displayPrice({ pricing }: ProductDocument): string {
  const display = pricing?.display;
  return display?.price == null ? '' : `${display.price.toFixed(2)} ${display.currency ?? ''}`.trim();
}

function salePrice({ pricing }: ProductDocument): string {
  const display = pricing?.display;
  if (display?.salePrice == null) return '';
  const until = display.saleEnd === null ? '' : ` until ${display.saleEnd.slice(0, 10)}`;
  return `${display.salePrice.toFixed(2)}${until}`;
}

function cell(text: string): string {
  const shown = printable(text);
  return shown.length > MAX_CELL_CHARACTERS ? `${shown.slice(0, MAX_CELL_CHARACTERS - 1)}…` : shown;
}
