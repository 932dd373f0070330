import { describe, expect, it } from 'vitest';
import { pace } from '../../../cli/common/wait.ts';
import { sendAll } from '../../../cli/send/send-all.ts';
import type { MessageToSend } from '../../../cli/send/transport.ts';
import { CREATED, fakeTransport, refusal } from './send-result.ts';

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
