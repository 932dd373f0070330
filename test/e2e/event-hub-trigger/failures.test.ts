import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startFaultyProxy } from '../../support/faulty-proxy.ts';
import { textsOf } from '../../support/fixture-app/host-log.ts';
import { begins, event, FIXED, FOR_EVER, isEndOf, useAzurite } from './stage.ts';

const { stage, connectionString } = useAzurite();

/** The host wraps what the app threw into errors of its own. */
const inDotNet = (message: string) => ({
  message: expect.stringMatching(
    new RegExp(`FunctionInvocationException[^]*Exception: ${message}\\nStack: Error[^]{2000}`),
  ),
  source: 'System.Private.CoreLib',
  stackTrace: expect.stringContaining('at async Microsoft.Azure.WebJobs'),
});

describe('a function that fails', () => {
  it('gets the whole batch again, is told so, and the checkpoint waits until it succeeds', async () => {
    const { publish, startHost, checkpoints } = await stage({ partitionCount: 1, app: { retry: FIXED } });
    await publish([event('a', { failures: 2, gate: 'last', gateAtRetry: 2 }), 'b']);
    const { log, openGate } = await startHost();
    await log.call(({ retry }) => retry?.retryCount === 2);
    expect(await checkpoints()).toEqual({});
    await openGate('last');
    await log.call(isEndOf('b'));
    expect(begins(log).map(textsOf)).toEqual(Array(3).fill(['a', 'b']));
    expect(begins(log).map(({ retry }) => retry)).toEqual([
      { retryCount: 0, maxRetryCount: 3 },
      { retryCount: 1, maxRetryCount: 3, exception: inDotNet('failed on purpose, run 1') },
      { retryCount: 2, maxRetryCount: 3, exception: inDotNet('failed on purpose, run 2') },
    ]);
    await expect.poll(checkpoints).toEqual({ 0: 1 });
    const lines = log.entries
      .map(({ message }) => message)
      .filter((message) => message.startsWith('partition'));
    expect(lines).toEqual([
      expect.stringMatching(
        /^partition 0: 2 events → failed in \d+ ms\. Error: failed on purpose, run 1\n {4}at /,
      ),
      expect.stringMatching(/^partition 0: 2 events, retry 1 → failed in \d+ ms\. failed on purpose, run 2$/),
      expect.stringMatching(/^partition 0: 2 events, retry 2 → succeeded in \d+ ms$/),
    ]);
  });

  it('loses the batch when its retries are used up', async () => {
    const { publish, startHost, checkpoints } = await stage({ partitionCount: 1, app: { retry: FIXED } });
    await publish([event('lost', { failures: 9 })]);
    const { log } = await startHost();
    const { message } = await log.entry(/used up/);
    expect(message).toMatch(/retry 3 → failed in \d+ ms\. As in Azure, the checkpoint moves past the batch/);
    expect(begins(log)).toHaveLength(4);
    await publish(['next']);
    await log.call(isEndOf('next'));
    await expect.poll(checkpoints).toEqual({ 0: 1 });
  });

  it('keeps its partition for ever with maxRetryCount -1, and only that one', async () => {
    const { publish, startHost } = await stage({ app: { retry: FOR_EVER } });
    await publish([event('stubborn', { failures: 20 })], { partitionId: '0' });
    await publish(['behind'], { partitionId: '0' });
    await publish(['beside'], { partitionId: '1' });
    const { log } = await startHost();
    await log.finishedAll(['stubborn', 'behind', 'beside']);
    const retries = begins(log).filter((call) => textsOf(call).includes('stubborn'));
    expect(retries.map(({ retry }) => retry?.retryCount)).toEqual(
      Array.from({ length: 21 }, (_, index) => index),
    );
    expect(retries[20]?.retry?.maxRetryCount).toBe(-1);
  });

  it('loses the batch at once without a retry policy', async () => {
    const { publish, startHost, checkpoints } = await stage({ partitionCount: 1 });
    await publish([event('lost', { failures: 1 })]);
    const first = await startHost();
    await first.log.entry(/checkpoint moves past the batch: the function has no retry policy/);
    await expect.poll(checkpoints).toEqual({ 0: 0 });
    await first.close();
    await publish(['next']);
    const second = await startHost();
    await second.log.call(isEndOf('next'));
    expect(begins(second.log)).toHaveLength(1);
    expect(begins(second.log)[0]?.retry).toBeNull();
  });
});

describe('what goes wrong while events are fetched', () => {
  it('a lost connection is opened again, and no event is lost or doubled', async () => {
    const { publish, startHost, dropConnections } = await stage({ partitionCount: 1 });
    await publish(['a']);
    const { log } = await startHost();
    await log.call(isEndOf('a'));
    await dropConnections();
    await publish(['b']);
    await log.call(isEndOf('b'));
    expect(log.finished()).toEqual(['a', 'b']);
  });

  it('a broker that is away is told once, waited for and read on', async () => {
    const set = await stage({ partitionCount: 1 });
    await set.publish(['a']);
    const { log } = await set.startHost();
    await log.call(isEndOf('a'));
    const { start } = await set.stopBroker();
    await log.entry(/no events for now, trying again\. /);
    await start();
    await set.publish(['b']);
    await log.call(isEndOf('b'));
    const warnings = log.entries.filter(({ level }) => level === 'warning').map(({ message }) => message);
    expect(new Set(warnings).size).toBe(warnings.length);
    expect(log.finished()).toEqual(['a', 'b']);
  });

  it('a broker that comes later than the host is waited for', async () => {
    const set = await stage({ partitionCount: 1 });
    await set.publish(['a']);
    const { start } = await set.stopBroker();
    const { log } = await set.startHost();
    await log.entry(/^no events for now, trying again\. .*ECONNREFUSED/);
    await start();
    await log.call(isEndOf('a'));
  });

  it('a checkpoint that cannot be stored makes the batch come again', async () => {
    const origin = connectionString().match(/http:\/\/127\.0\.0\.1:\d+(?=\/devstoreaccount1)/)?.[0] ?? '';
    let isAway = false;
    const proxy = await startFaultyProxy(origin, () => (isAway ? { kind: 'reset' } : undefined));
    onTestFinished(() => proxy.close());
    const storageConnectionString = connectionString().replaceAll(origin, proxy.url);
    const { publish, startHost, checkpoints } = await stage({ storageConnectionString, partitionCount: 1 });
    await publish([event('a', { gate: 'g' })]);
    const { log, openGate } = await startHost();
    await log.until(({ calls }) => calls.length === 1);
    isAway = true;
    await openGate('g');
    await log.entry(/The checkpoint could not be stored, the batch will come again/);
    isAway = false;
    await log.until(() => log.finished().length === 2);
    await expect.poll(checkpoints).toEqual({ 0: 0 });
  });
});

describe('a function that cannot be fed', () => {
  it('is named, its connection string is not, and the others run', async () => {
    const { startHost } = await stage({ app: { binding: { connection: 'BROKEN' } } });
    vi.stubEnv('BROKEN', 'hush-hush');
    const { log, openGate } = await startHost();
    vi.unstubAllEnvs();
    const { message } = await log.entry(/This function gets no messages/);
    expect(message).toContain('not one of Event Hubs');
    expect(message).not.toContain('hush');
    await openGate('any');
  });
});
