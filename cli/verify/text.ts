import { printable } from '../../src/printable.ts';
import { countOf, tableLines } from '../common/text.ts';
import type { ResyncReport } from '../resync/run-syncs.ts';
import { resyncText } from '../resync/text.ts';
import type { Verdict } from './compare.ts';
import type { FirstComparison } from './walk.ts';

/** A product that differs, with the reason of its latest dead letter. */
export type Difference = Exclude<Verdict, { kind: 'same' | 'foreign' }> & { deadLetter: string | null };

/** How a product can differ; `foreign` ones are left alone. */
const KINDS = ['missing', 'extra', 'differing', 'unstorable', 'foreign'] as const;

/** What a comparison has found, and how many products of each kind. */
export type VerifyReport = Omit<FirstComparison, 'differing'> &
  Record<(typeof KINDS)[number], number> & { differences: Difference[] };

/** What became of a product that OrderCloud did not have. */
export type Tombstoned = { productId: string; result: 'deleted' | 'exists again' | 'changed meanwhile' };

/** What was repaired; null for what was not agreed to. */
export type Repair = {
  resync: ResyncReport | null;
  tombstones: Tombstoned[] | null;
  /** What ended it early; Ctrl-C too, at a question. */
  failure: unknown;
};

/** Sums up what was found. `deadLetters` names the reason of the latest dead letter by product. */
export function verifyReport(
  counts: Omit<FirstComparison, 'differing'>,
  verdicts: readonly Verdict[],
  deadLetters: ReadonlyMap<string, string>,
): VerifyReport {
  const count = (of: Verdict['kind']) => verdicts.filter(({ kind }) => kind === of).length;
  const kinds = Object.fromEntries(KINDS.map((kind) => [kind, count(kind)]));
  return {
    ...counts,
    ...(kinds as Record<(typeof KINDS)[number], number>),
    differences: verdicts.flatMap((verdict) =>
      verdict.kind === 'same' || verdict.kind === 'foreign'
        ? []
        : [{ ...verdict, deadLetter: deadLetters.get(verdict.id) ?? null }],
    ),
  };
}

/** The report for people. */
export function verifyText(report: VerifyReport): string {
  const { compared, differences, foreign } = report;
  const hasDeadLetters = differences.some(({ deadLetter }) => deadLetter !== null);
  const lines = tableLines(
    ['Product', 'Is', 'Where', ...(hasDeadLetters ? ['Dead letter'] : [])],
    differences.map((difference) => [
      printable(difference.id, 60),
      difference.kind,
      detailOf(difference),
      ...(hasDeadLetters ? [difference.deadLetter ?? ''] : []),
    ]),
  );
  lines.push(`${countOf(compared, 'product')} compared: ${countsText(report)}.`);
  if (foreign > 0) {
    lines.push(
      `${countOf(foreign, 'item')} of the container that this app did not write: no product in OrderCloud, and left alone.`,
    );
  }
  return lines.join('\n');
}

/** `2 missing, 1 extra`, or that nothing differs. */
function countsText(report: VerifyReport): string {
  const counts = KINDS.filter((kind) => kind !== 'foreign' && report[kind] > 0).map(
    (kind) => `${report[kind]} ${kind}`,
  );
  return counts.length === 0 ? 'the container is as OrderCloud is' : counts.join(', ');
}

function detailOf(difference: Difference): string {
  switch (difference.kind) {
    case 'missing':
      return difference.isDeleted ? 'in OrderCloud; deleted here' : 'in OrderCloud; not here';
    case 'extra':
      return difference.knownAs === null
        ? 'here; not in OrderCloud'
        : `here; in OrderCloud as ${printable(difference.knownAs, 60)}`;
    case 'differing':
      return difference.mismatches
        .map(
          ({ field, orderCloud, stored }) =>
            `${field}: ${printable(orderCloud, 60)} in OrderCloud, ${printable(stored, 60)} here`,
        )
        .join('\n');
    case 'unstorable':
      return 'in OrderCloud, under an ID that cannot be stored';
  }
}

/** What a repair has done, for people. */
export function repairText({ resync, tombstones }: Repair): string {
  const lines = ['Repair:'];
  lines.push(resync === null ? 'Nothing was resynced.' : resyncText(resync));
  if (tombstones === null) lines.push('Nothing was marked as deleted.');
  else {
    const deleted = tombstones.filter(({ result }) => result === 'deleted').length;
    lines.push(`Marked as deleted: ${deleted} of ${tombstones.length}.`);
    for (const { productId, result } of tombstones) {
      if (result !== 'deleted') lines.push(`  ${printable(productId)}: ${result}, left as it is`);
    }
  }
  return lines.join('\n');
}
