import { printable } from '../../src/printable.ts';
import { countOf, tableLines } from '../common/text.ts';
import type { Arrival, ResyncReport } from './run-syncs.ts';

export function isComplete({ refused, arrivals, notAsked }: ResyncReport): boolean {
  const arrived = arrivals === null || arrivals.every(({ kind }) => kind === 'arrived');
  return refused.length === 0 && arrived && notAsked === 0;
}

/** The report for people. */
export function resyncText(report: ResyncReport): string {
  const { requested, refused, arrivals, notAsked } = report;
  const rows = [
    // Otherwise nobody would see white space at an end.
    ...refused.map(({ productId: id, message }) => [id === id.trim() && id !== '' ? id : `"${id}"`, message]),
    ...(arrivals ?? []).flatMap((arrival) => problemRow(arrival)),
  ];
  const lines = tableLines(
    ['Product', 'Problem'],
    rows.map((row) => row.map((cell) => printable(cell))),
  );
  const asked = `OrderCloud was asked to send ${countOf(requested, 'product')}`;
  lines.push(`${asked}${refused.length > 0 ? `; not possible: ${refused.length}` : ''}.`);
  if (arrivals !== null && requested > 0) lines.push(arrivalText(arrivals, requested));
  if (notAsked > 0) lines.push(`Not asked for: ${countOf(notAsked, 'product')}.`);
  return lines.join('\n');
}

/** What to do after `--all`; `progressFile` is null when all is done. */
export function nextText({ requested, refused }: ResyncReport, progressFile: string | null): string {
  if (progressFile === null) {
    return 'The messages arrive now; then compare: ordercloud-product-sync verify';
  }
  return requested + refused.length > 0
    ? `To go on, run the same command again: progress is kept in ${progressFile}.`
    : 'To begin, run the same command again.';
}

function problemRow(arrival: Arrival): string[][] {
  switch (arrival.kind) {
    case 'arrived':
      return [];
    case 'dead-letter': {
      const { productId, reason, deadLetterId } = arrival;
      return [[productId, `became a dead letter (${reason}): dead-letters show ${deadLetterId.slice(0, 8)}`]];
    }
    case 'not yet':
      return [[arrival.productId, `has not arrived yet; see status, and dead-letters list --product ID`]];
  }
}

function arrivalText(arrivals: readonly Arrival[], requested: number): string {
  const took = arrivals
    .flatMap((arrival) => (arrival.kind === 'arrived' ? [arrival.tookMs] : []))
    .sort((a, b) => a - b);
  const [median, slowest] = [took[Math.floor((took.length - 1) / 2)], took.at(-1)];
  if (median === undefined || slowest === undefined) return `Arrived: none of ${requested}.`;
  const times =
    took.length === 1
      ? `after ${secondsText(slowest)}`
      : `half of them within ${secondsText(median)}, the last after ${secondsText(slowest)}`;
  return `Arrived: ${took.length} of ${requested}, ${times}.`;
}

function secondsText(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
