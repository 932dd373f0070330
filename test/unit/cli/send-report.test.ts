import { describe, expect, it } from 'vitest';
import { createTally, percentile } from '../../../cli/send/send-all.ts';
import type { SendResult } from '../../../cli/send/sender.ts';
import { formatReport } from '../../../cli/send/text.ts';
import { refusal, sendResult } from './send-result.ts';

function reportOf(results: SendResult[], stopped: 'interrupted' | null = null) {
  const tally = createTally();
  for (const result of results) tally.add(result);
  return tally.report(2000, stopped);
}

const refused = { ok: false, status: null, outcome: null, error: 'connection refused', unreachable: true };

describe('a report', () => {
  it('counts outcomes in the order of the contract, and failures by frequency', () => {
    const report = reportOf([
      sendResult({ outcome: 'stale' }),
      sendResult({ outcome: null }),
      sendResult({ outcome: 'created' }),
      refusal(413, { title: 'Too large' }),
      refusal(400, { reason: 'invalid-json', title: 'Not JSON' }),
      refusal(400, { reason: 'invalid-json', title: 'Not JSON' }),
      sendResult(refused),
    ]);
    expect(Object.entries(report.outcomes)).toEqual([
      ['created', 1],
      ['stale', 1],
      ['unknown', 1],
    ]);
    expect(report.failuresByReason).toEqual([
      { status: 400, reason: 'invalid-json', count: 2 },
      { status: 413, reason: 'Too large', count: 1 },
      { status: null, reason: 'connection refused', count: 1 },
    ]);
    expect(report).toMatchObject({ sent: 7, succeeded: 3, failed: 4, seconds: 2, perSecond: 3.5 });
  });

  it('measures only what was answered', () => {
    const answered = [30, 10, 20].map((milliseconds) => sendResult({ milliseconds }));
    const report = reportOf([...answered, sendResult({ ...refused, milliseconds: 30_000 })]);
    expect(report.latency).toEqual({ p50: 20, p95: 30, p99: 30 });
    expect(reportOf([sendResult(refused)]).latency).toBeNull();
  });

  it('keeps no more failures than anybody reads', () => {
    const report = reportOf(Array.from({ length: 1001 }, () => refusal(400, {})));
    expect(report.failures).toHaveLength(1000);
    expect(report.failed).toBe(1001);
  });
});

it.each([
  [[], 50, null],
  [[7], 1, 7],
  [[15, 20, 35, 40, 50], 5, 15],
  [[15, 20, 35, 40, 50], 40, 20],
  [[15, 20, 35, 40, 50], 50, 35],
  [[15, 20, 35, 40, 50], 100, 50],
])('the nearest rank of %j at %i percent is %j', (values, percent, expected) => {
  expect(percentile(values, percent)).toBe(expected);
});

describe('a report as text', () => {
  it('of a run without failures', () => {
    const results = [sendResult(), sendResult({ outcome: 'updated', milliseconds: 7 })];
    expect(`\n${formatReport(reportOf(results))}`).toBe(`
┌─────────┬──────────┐
│ Outcome │ Messages │
├─────────┼──────────┤
│ created │        1 │
│ updated │        1 │
└─────────┴──────────┘
Sent 2 messages in 2 s (1 a second).
Answers took: p50 5 ms, p95 7 ms, p99 7 ms.`);
  });

  it('tells of each failure where it is and what is wrong', () => {
    const issues = ['ProductID', 'Name', 'xp', 'Specs[0].ID', 'Specs[1].ID'].map((path) => ({
      path: path === 'xp' ? '' : path,
      expected: 'a string',
      found: 'nothing',
    }));
    const problem = {
      title: 'Invalid message',
      detail: 'Five issues.',
      reason: 'invalid-message',
      issues,
      deadLetterId: '3f9a',
    };
    const text = formatReport(
      reportOf([refusal(400, problem, { source: 'batch.json[3]' }), sendResult(refused)], 'interrupted'),
      9,
    );
    expect(text).toContain('│ failed: 400 invalid-message │        1 │');
    expect(text).toContain('│ failed: connection refused  │        1 │');
    expect(text).toContain('Stopped after 2 of 9 messages in 2 s');
    expect(text).toContain(`
2 messages failed:

  batch.json[3]  400 invalid-message
    Five issues.
    ProductID: expected a string, found nothing
    Name: expected a string, found nothing
    (the payload): expected a string, found nothing
    … and 2 more
    dead letter 3f9a

  samples/aeropress-go.json  connection refused`);
  });

  it('shows twenty failures, and counts the others', () => {
    const failures = Array.from({ length: 25 }, (_, index) => refusal(400, {}, { source: `f${index}.json` }));
    const text = formatReport(reportOf(failures));
    expect(text).toContain('f19.json');
    expect(text).not.toContain('f20.json');
    expect(text).toContain('… and 5 more.');
  });

  it('helps where the secret is wrong', () => {
    expect(formatReport(reportOf([refusal(401, {})]))).toContain('ORDERCLOUD_WEBHOOK_SECRET');
    expect(formatReport(reportOf([refusal(400, {})]))).not.toContain('ORDERCLOUD_WEBHOOK_SECRET');
  });

  it('lets no answer write to the terminal with control characters', () => {
    const issues = [{ path: 'Name', expected: 'a\u009b2J', found: 'the string "\u001b[2J\r\n"' }];
    const text = formatReport(reportOf([refusal(400, { reason: '\u001b[31m', title: 'a\nb', issues })]));
    expect(text).toContain('Name: expected a\\u009b2J, found the string "\\u001b[2J\\u000d\\u000a"');
    for (const control of ['\u001b', '\u009b', '\r']) expect(text).not.toContain(control);
  });
});
