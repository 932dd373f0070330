import { describe, expect, it } from 'vitest';
import { pace } from '../../../cli/common/wait.ts';
import { type SendReport, sendAll } from '../../../cli/send/send-all.ts';
import { formatReport } from '../../../cli/send/text.ts';
import type { MessageToSend, Problem, SendResult, Transport } from '../../../cli/send/transport.ts';

/** What a transport tells of a product that was created. */
const CREATED: Partial<SendResult> = {
  ok: true,
  status: 200,
  outcome: 'created',
};

/** What a transport tells of a message that was refused with a problem. */
function refusal(status: number, problem: Partial<Problem>): Partial<SendResult> {
  return {
    status,
    problem: { title: null, detail: null, reason: null, issues: [], deadLetterId: null, ...problem },
  };
}

/** A transport that answers from a function and keeps the sources it was given. */
function fakeTransport(answer: (index: number) => Partial<SendResult> | Error = () => CREATED) {
  const sent: string[] = [];
  const transport: Transport = {
    address: 'http://receiver.example',
    whenRefused: 'Start it.',
    isBroker: false,
    timeoutMs: 10_000,
    async send({ source }) {
      const answered = answer(sent.push(source) - 1);
      if (answered instanceof Error) throw answered;
      return answered;
    },
  };
  return { transport, sent };
}

function messages(...sources: string[]): MessageToSend[] {
  return sources.map((source) => ({ source, body: Buffer.from('{}') }));
}

/** A clock that moves only when somebody waits. */
function fakeClock() {
  const clock = { time: 0 };
  return {
    clock,
    now: () => clock.time,
    wait: async (milliseconds: number) => {
      clock.time += milliseconds;
    },
  };
}

describe('sending', () => {
  it('sends every message in order, as often as asked', async () => {
    const { transport, sent } = fakeTransport();
    const report = await sendAll({ messages: messages('a', 'b', 'c'), transport, repeat: 2 });
    expect(sent).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    expect(report).toMatchObject({
      sent: 6,
      succeeded: 6,
      failed: 0,
      outcomes: { created: 6 },
      stopped: null,
    });
  });

  it('has one message on its way at a time, unless asked for more', async () => {
    for (const concurrency of [1, 3]) {
      let underWay = 0;
      let most = 0;
      const { transport } = fakeTransport();
      const counting = {
        ...transport,
        async send(message: MessageToSend, signal: AbortSignal) {
          underWay += 1;
          most = Math.max(most, underWay);
          await new Promise(setImmediate);
          underWay -= 1;
          return transport.send(message, signal);
        },
      };
      await sendAll({ messages: messages(...'abcdefgh'), transport: counting, concurrency });
      expect(most).toBe(concurrency);
    }
  });

  it('goes on after a failure, and tells of each result', async () => {
    const { transport } = fakeTransport((index) =>
      index === 1 ? refusal(400, { reason: 'invalid-json' }) : CREATED,
    );
    const seen: boolean[] = [];
    const report = await sendAll({
      messages: messages('a', 'b', 'c'),
      transport,
      onResult: ({ ok }) => seen.push(ok),
    });
    expect(seen).toEqual([true, false, true]);
    expect(report).toMatchObject({ sent: 3, succeeded: 2, failed: 1 });
  });

  it('stops when nothing can be reached', async () => {
    const gone = new Error('connect ECONNREFUSED');
    const { transport, sent } = fakeTransport((index) => (index >= 1 ? gone : CREATED));
    const report = await sendAll({ messages: messages(...'abcdef'), transport });
    expect(sent).toEqual(['a', 'b']);
    expect(report).toMatchObject({ sent: 2, failed: 1, stopped: 'unreachable' });
  });

  it('sends nothing more once it is interrupted, but waits for what is on its way', async () => {
    const interrupt = new AbortController();
    const { transport, sent } = fakeTransport((index) => {
      if (index === 1) interrupt.abort();
      return CREATED;
    });
    const report = await sendAll({ messages: messages(...'abcdef'), transport, signal: interrupt.signal });
    expect(sent).toEqual(['a', 'b']);
    expect(report).toMatchObject({ sent: 2, succeeded: 2, stopped: 'interrupted' });
  });

  it('gives up what is on its way some time after it is interrupted', { timeout: 10_000 }, async () => {
    const interrupt = new AbortController();
    const { transport } = fakeTransport();
    const silent = {
      ...transport,
      send() {
        interrupt.abort();
        return new Promise<never>(() => {});
      },
    };
    const report = await sendAll({
      messages: messages('a', 'b'),
      transport: silent,
      signal: interrupt.signal,
    });
    expect(report).toMatchObject({ sent: 1, failed: 1, stopped: 'interrupted' });
    expect(report.failures[0]?.error).toBe('interrupted before the answer came');
  });

  it('keeps to the rate, and reports it', async () => {
    const { transport } = fakeTransport();
    const report = await sendAll({ messages: messages('a', 'b', 'c'), transport, rate: 10 });
    expect(report.seconds).toBeGreaterThanOrEqual(0.19);
    expect(report.perSecond).toBeLessThanOrEqual(3 / 0.19);
  });

  it('fails when the messages cannot be read to the end', async () => {
    const { transport, sent } = fakeTransport();
    async function* broken() {
      yield* messages('a');
      throw new Error('Cannot read b.json');
    }
    await expect(sendAll({ messages: broken(), transport })).rejects.toThrow('Cannot read b.json');
    expect(sent).toEqual(['a']);
  });
});

describe('pace', () => {
  it('makes no burst after a pause', async () => {
    const { clock, now, wait } = fakeClock();
    const times: number[] = [];
    for await (const index of pace([0, 1, 2, 3, 4], { rate: 10, now, wait })) {
      times.push(now());
      if (index === 1) clock.time += 5000;
    }
    expect(times).toEqual([0, 100, 5100, 5180, 5280]);
  });

  it('makes up for timers that are a little late', async () => {
    const { clock, now } = fakeClock();
    const late = async (milliseconds: number) => {
      clock.time += milliseconds + 1;
    };
    let count = 0;
    for await (const _ of pace(Array.from({ length: 1001 }), { rate: 1000, now, wait: late })) count += 1;
    expect(count).toBe(1001);
    expect(clock.time).toBeLessThanOrEqual(1001);
  });

  it('ends a wait when it is interrupted', async () => {
    const interrupt = new AbortController();
    const seen: number[] = [];
    const paced = pace([1, 2], { rate: 0.001, signal: interrupt.signal });
    for await (const item of paced) {
      seen.push(item);
      setImmediate(() => interrupt.abort());
    }
    expect(seen).toEqual([1]);
  });
});

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
