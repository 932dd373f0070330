import { describe, expect, it } from 'vitest';
import { type SendReport, sendAll } from '../../../cli/send/send-all.ts';
import { formatReport } from '../../../cli/send/text.ts';
import type { SendResult } from '../../../cli/send/transport.ts';
import { CREATED, fakeTransport, refusal } from './send-result.ts';

/** The report of a run in which each message has such a result. */
function reportOf(results: (Partial<SendResult> | Error)[], sources?: string[]): Promise<SendReport> {
  const { transport } = fakeTransport((index) => results[index] ?? {});
  const messages = results.map((_, index) => ({
    source: sources?.[index] ?? 'a.json',
    body: Buffer.from('{}'),
  }));
  return sendAll({ transport, messages });
}

const refused = new Error('connect ECONNREFUSED');

describe('a report', () => {
  it('counts outcomes in the order of the contract, and failures by frequency', async () => {
    const report = await reportOf([
      { ...CREATED, outcome: 'stale' },
      { ...CREATED, outcome: null },
      CREATED,
      refusal(413, { title: 'Too large' }),
      refusal(400, { reason: 'invalid-json', title: 'Not JSON' }),
      refusal(400, { reason: 'invalid-json', title: 'Not JSON' }),
      refused,
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
    expect(report).toMatchObject({ sent: 7, succeeded: 3, failed: 4 });
  });

  it('keeps no more failures than anybody reads, but always the one that stopped it', async () => {
    const report = await reportOf([...Array.from({ length: 1001 }, () => refusal(400, {})), refused]);
    expect(report.failures).toHaveLength(1001);
    expect(report.failures.at(-1)?.error).toBe('connection refused');
    expect(report.failed).toBe(1002);
  });
});

describe('a report as text', () => {
  it('of a run without failures', async () => {
    const results = [CREATED, { ...CREATED, outcome: 'updated' }];
    const report = { ...(await reportOf(results)), seconds: 2, perSecond: 1 };
    expect(`\n${formatReport(report)}`).toBe(`
┌─────────┬──────────┐
│ Outcome │ Messages │
├─────────┼──────────┤
│ created │        1 │
│ updated │        1 │
└─────────┴──────────┘
Sent 2 messages in 2 s (1 a second).`);
  });

  it('tells of each failure where it is and what is wrong', async () => {
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
      await reportOf([refusal(400, problem), refused], ['batch.json[3]', 'samples/aeropress-go.json']),
      9,
    );
    expect(text).toContain('│ failed: 400 invalid-message │        1 │');
    expect(text).toContain('│ failed: connection refused  │        1 │');
    expect(text).toContain('Stopped after 2 of 9 messages in ');
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

  it('shows twenty failures, and counts the others', async () => {
    const failures = Array.from({ length: 25 }, () => refusal(400, {}));
    const sources = failures.map((_, index) => `f${index}.json`);
    const text = formatReport(await reportOf(failures, sources));
    expect(text).toContain('f19.json');
    expect(text).not.toContain('f20.json');
    expect(text).toContain('… and 5 more.');
  });

  it('helps where the secret is wrong', async () => {
    expect(formatReport(await reportOf([refusal(401, {})]))).toContain('ORDERCLOUD_WEBHOOK_SECRET');
    expect(formatReport(await reportOf([refusal(400, {})]))).not.toContain('ORDERCLOUD_WEBHOOK_SECRET');
  });

  it('lets no answer write to the terminal with control characters', async () => {
    const issues = [{ path: 'Name', expected: 'a\u009b2J', found: 'the string "\u001b[2J\r\n"' }];
    const text = formatReport(
      await reportOf([refusal(400, { reason: '\u001b[31m', title: 'a\nb', issues })]),
    );
    expect(text).toContain('Name: expected a\\u009b2J, found the string "\\u001b[2J\\u000d\\u000a"');
    for (const control of ['\u001b', '\u009b', '\r']) expect(text).not.toContain(control);
  });
});
