import { printable } from '../../src/printable.ts';
import { countOf, formatTable, issueText } from '../common/text.ts';
import type { SendReport } from './send-all.ts';
import type { SendResult } from './transport.ts';

const MAX_FAILURES_SHOWN = 20;
const MAX_ISSUES_SHOWN = 3;

/** The report as text for people; `planned` is how many messages there were to send. */
export function formatReport(report: SendReport, planned: number = report.sent): string {
  const parts = [outcomeTable(report), summary(report, planned)];
  if (report.outcomes.sent) parts.push(SENT_HINT);
  if (report.failed > 0) parts.push('', ...failureLines(report));
  return parts.join('\n');
}

const SENT_HINT =
  "The broker has taken what is sent. What becomes of it shows in the app's log, in the products, and for bad messages " +
  'in: ordercloud-product-sync dead-letters list';

function outcomeTable({ outcomes, failuresByReason }: SendReport): string {
  return formatTable(
    ['Outcome', '>Messages'],
    [
      ...Object.entries(outcomes).map(([outcome, count]) => [outcomeText(outcome), count]),
      ...failuresByReason.map(({ status, reason, count }) => [
        `failed: ${failureText(status, reason)}`,
        count,
      ]),
    ],
  );
}

function summary({ sent, seconds, perSecond, stopped }: SendReport, planned: number): string {
  const count = stopped
    ? `Stopped after ${sent} of ${countOf(planned, 'message')}`
    : `Sent ${countOf(sent, 'message')}`;
  return `${count} in ${seconds} s (${perSecond} a second).`;
}

function failureLines({ failed, failures, failuresByReason }: SendReport): string[] {
  const lines = [`${countOf(failed, 'message')} failed:`];
  for (const failure of failures.slice(0, MAX_FAILURES_SHOWN)) lines.push('', ...describe(failure));
  if (failed > MAX_FAILURES_SHOWN) lines.push('', `… and ${failed - MAX_FAILURES_SHOWN} more.`);
  if (failuresByReason.some(({ status }) => status === 401)) lines.push('', HINT_401);
  return lines;
}

const HINT_401 =
  '401 means that the secret (--secret, ORDERCLOUD_WEBHOOK_SECRET) or, on Azure, the function key ' +
  '(FUNCTIONS_KEY) is not the one that the receiver expects.';

function describe({ source, status, error, problem }: SendResult): string[] {
  const lines = [`  ${printable(source)}  ${failureText(status, error ?? problem?.reason ?? null)}`];
  const explanation = problem?.detail ?? problem?.title;
  if (explanation) lines.push(`    ${printable(explanation)}`);
  const issues = problem?.issues ?? [];
  for (const issue of issues.slice(0, MAX_ISSUES_SHOWN)) lines.push(`    ${issueText(issue)}`);
  if (issues.length > MAX_ISSUES_SHOWN) lines.push(`    … and ${issues.length - MAX_ISSUES_SHOWN} more`);
  if (problem?.deadLetterId) lines.push(`    dead letter ${printable(problem.deadLetterId)}`);
  return lines;
}

function outcomeText(outcome: string): string {
  return outcome === 'unknown' ? 'accepted, outcome not told' : printable(outcome, 60);
}

function failureText(status: number | null, reason: string | null): string {
  return printable([status, reason].filter((part) => part !== null).join(' '), 60);
}
