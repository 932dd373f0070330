import { randomUUID } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Message } from 'kafkajs';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import type { KafkaOptions } from '../../local/functions-host/kafka-feed.ts';
import { appHosts } from '../support/fixture-app/app-hosts.ts';
import type { BatchAppOptions, BatchCall } from '../support/fixture-app/batch-app.ts';
import { bundleBatchApp } from '../support/fixture-app/bundle-app.ts';
import { type HostLog, textsOf } from '../support/fixture-app/host-log.ts';
import { describeKafka, hasKcat, type KafkaBroker, startKafkaBroker } from '../support/kafka-broker.ts';

// Each test has a topic and a group of its own on one broker, and all run side by side: a broker waits three seconds
// for other members before it gives the first one its partitions.

let sharedBroker: KafkaBroker;
beforeAll(async () => {
  if (hasKcat) sharedBroker = await startKafkaBroker();
});
afterAll(() => sharedBroker?.close());

/** A killed host's partitions are free again soon, but a member lives longer than its first join takes: 3 seconds. */
const QUICK: KafkaOptions = { sessionTimeoutMs: 5_000 };

type StageOptions = { broker?: KafkaBroker; app?: BatchAppOptions; kafka?: KafkaOptions };

/** A topic of its own, an app that reads it, and as many hosts as a test starts. */
async function stage({ onTestFinished }: TestContext, options: StageOptions = {}) {
  const { broker = sharedBroker } = options;
  const topic = `products-${randomUUID()}`;
  const binding = { brokerList: broker.address, topic, consumerGroup: topic, ...options.app?.binding };
  const app = await bundleBatchApp('Kafka', { ...options.app, binding });
  onTestFinished(() => app.remove());
  const { close, ...hosts } = appHosts({ entry: app.entry, kafka: { ...QUICK, ...options.kafka } });
  onTestFinished(close);
  return {
    ...hosts,
    topic,
    /** A text stands for a record that has only a value. */
    async publish(records: readonly (Message | string)[], partition?: number) {
      const messages = records.map((record) => (typeof record === 'string' ? { value: record } : record));
      await broker.publish(
        messages.map((message) => (partition === undefined ? message : { ...message, partition })),
        topic,
      );
    },
    /** The offsets that the app's group has committed, by partition. */
    committed: () => broker.committed(topic, topic),
  };
}

const TIME = { timeout: 15_000 };
const FIXED: BatchAppOptions['retry'] = { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: 0 };
const FOR_EVER: BatchAppOptions['retry'] = { ...FIXED, maxRetryCount: -1 };

const wish = (text: string, wishes: object = {}) => JSON.stringify({ text, ...wishes });
const begins = ({ calls }: HostLog) => calls.filter(({ when }) => when === 'begin');
const isEndOf = (text: string) => (call: BatchCall) =>
  call.when === 'end' && textsOf(call).some((value) => value.includes(text));
const hostLines = ({ entries }: HostLog) =>
  entries.filter(({ category }) => category === 'host').map(({ message }) => message);

describeKafka.concurrent('a batch of records', { timeout: 60_000 }, () => {
  it('reaches the handler as the extension hands it over', async (test) => {
    const { topic, publish, startHost } = await stage(test);
    const timestamp = String(Date.UTC(2026, 10, 22, 12, 0, 0, 120));
    await publish(
      [
        { key: 'MUG', value: '{"a":"Café"}', headers: { type: 'x', twice: ['1', '2'] }, timestamp },
        { key: 'MUG', value: null },
        { value: '' },
      ],
      2,
    );
    const { log } = await startHost();
    const { metadata } = await log.call(({ when, bodies }) => when === 'end' && bodies.length === 3);
    const header = (Key: string, text: string) => ({ Key, Value: Buffer.from(text).toString('base64') });
    const place = { Partition: 2, Topic: topic, LeaderEpoch: null, IsPartitionEOF: false };
    expect(metadata.records).toEqual([
      {
        ...{ ...place, Offset: 0, Timestamp: '2026-11-22T12:00:00.12Z', Key: 'MUG', Value: '{"a":"Café"}' },
        Headers: [header('type', 'x'), header('twice', '1'), header('twice', '2')],
      },
      { ...place, Offset: 1, Timestamp: expect.any(String), Key: 'MUG', Value: null, Headers: [] },
      { ...place, Offset: 2, Timestamp: expect.any(String), Key: null, Value: '', Headers: [] },
    ]);
    expect(metadata).toMatchObject({
      partitionArray: [2, 2, 2],
      offsetArray: [0, 1, 2].map((low) => ({ low, high: 0, unsigned: false })),
      topicArray: Array(3).fill(topic),
    });
  });

  it('may be of several partitions, is as large as the settings allow, and waits for the one before', async (test) => {
    const { publish, startHost } = await stage(test, { kafka: { maxBatchSize: 6 } });
    const letters = ['a', 'b', 'c', 'd'];
    for (const partition of [0, 1, 2]) {
      await publish(
        letters.map((letter) => `${partition}${letter}`),
        partition,
      );
    }
    const { log } = await startHost();
    await log.until(() => log.finished().length === 12);
    expect(begins(log).some(({ partitionId }) => partitionId.includes(','))).toBe(true);
    for (const { bodies } of log.calls) expect(bodies.length).toBeLessThanOrEqual(6);
    expect(log.calls.map(({ when }) => when)).toEqual(begins(log).flatMap(() => ['begin', 'end']));
    for (const partition of ['0', '1', '2']) {
      const seen = log.finished().filter((text) => text.startsWith(partition));
      expect(seen).toEqual(letters.map((letter) => partition + letter));
    }
    expect(hostLines(log)[0]).toMatch(/^partitions? [\d, ]+: \d records? → succeeded in \d+ ms$/);
  });
});

describeKafka.concurrent('a function that fails', { timeout: 60_000 }, () => {
  it('gets the whole batch again while its retry policy lasts, and nothing is committed before', async (test) => {
    const { publish, startHost, committed } = await stage(test, { app: { retry: FOR_EVER } });
    await publish([wish('a', { failures: 2, gate: 'last', gateAtRetry: 2 }), wish('b')], 0);
    const { log, openGate } = await startHost();
    await log.call(({ retry }) => retry?.retryCount === 2);
    expect(await committed()).toEqual({});
    await openGate('last');
    await log.call(isEndOf('b'));
    expect(begins(log).map(({ bodies }) => bodies.length)).toEqual([2, 2, 2]);
    await expect.poll(committed, TIME).toEqual({ 0: 2 });
  });

  it('loses the batch by default, as in Azure, and says so', async (test) => {
    const { publish, startHost, committed } = await stage(test, { app: { retry: FIXED } });
    await publish([wish('lost', { failures: 9 })], 0);
    const { log } = await startHost();
    await log.entry(
      /retry 2 → failed .* As in Azure, its offsets are committed all the same: its retries are/,
    );
    await expect.poll(committed, TIME).toEqual({ 0: 1 });
    await publish([wish('next')], 0);
    await log.call(isEndOf('next'));
    expect(begins(log)).toHaveLength(4);
  });

  it('with commitOnFailure: false gets it again in place, as often as maxRetries says', async (test) => {
    const { publish, startHost, committed } = await stage(test, {
      kafka: { commitOnFailure: false, maxRetries: 2 },
    });
    await publish([wish('stubborn', { failures: 9 })], 1);
    const { log } = await startHost();
    await log.entry(/its offsets are committed all the same: the function has no retry policy/);
    expect(begins(log)).toHaveLength(3);
    expect(hostLines(log).filter((line) => line.includes('it is run again in place'))).toHaveLength(2);
    await expect.poll(committed, TIME).toEqual({ 1: 1 });
  });

  it('that takes longer than a session lasts is not taken for dead', async (test) => {
    const { publish, startHost, committed } = await stage(test, { kafka: { maxBatchSize: 2 } });
    await publish([wish('long', { lasts: 8_000 }), ...'abcdefgh'].map(String), 0);
    const { log } = await startHost();
    // What comes now finds the host with enough for the next batches.
    await log.until(({ calls }) => calls.length === 1);
    await publish(['last'], 0);
    await log.finishedAll(['last']);
    expect(log.finished()).toHaveLength(10);
    await expect.poll(committed, TIME).toEqual({ 0: 10 });
  });

  it('with maxRetries: -1 keeps it', async (test) => {
    const { publish, startHost, committed } = await stage(test, {
      kafka: { commitOnFailure: false, maxRetries: -1 },
    });
    await publish([wish('kept', { failures: 1, lasts: 20 })], 0);
    const { log } = await startHost();
    await log.until(() => begins(log).length > 8);
    expect(await committed()).toEqual({});
  });
});

describeKafka.concurrent('a host that starts again', { timeout: 90_000 }, () => {
  it('goes on where its group left off', async (test) => {
    const { publish, startHost, committed } = await stage(test);
    await publish(['a', 'b'], 0);
    const first = await startHost();
    await first.log.finishedAll(['a', 'b']);
    await expect.poll(committed, TIME).toEqual({ 0: 2 });
    await first.close();
    await publish(['c'], 0);
    const second = await startHost();
    await second.log.finishedAll(['c']);
    expect(second.log.finished()).toEqual(['c']);
  });

  it('after SIGKILL loses nothing, and repeats at most what was not committed', async (test) => {
    const { publish, startChildHost, committed } = await stage(test, {
      app: { retry: FOR_EVER },
      kafka: { maxBatchSize: 10 },
    });
    const all: string[] = [];
    for (const partition of [0, 1, 2, 3]) {
      const records = Array.from({ length: 50 }, (_, index) =>
        wish(`${partition}-${index};`, index === 25 ? { gate: `hangs-${partition}` } : {}),
      );
      all.push(...records);
      await publish(records, partition);
    }
    const finished = new Set<string>();
    const first = await startChildHost();
    // The fourth batch or so hangs; before that, some are done.
    await first.log.until(
      ({ calls }) => calls.length > 1 && calls.at(-1)?.when === 'begin' && isHanging(calls),
    );
    for (const text of first.log.finished()) finished.add(text);
    expect(await first.end('SIGKILL')).toBeNull();
    const from = await committed();

    const second = await startChildHost();
    for (const partition of [0, 1, 2, 3]) await second.openGate(`hangs-${partition}`);
    await second.log.until((log) => {
      for (const text of log.finished()) finished.add(text);
      return finished.size === all.length;
    });
    expect([...finished].sort()).toEqual(all.sort());
    for (const partition of [0, 1, 2, 3]) {
      const seen = second.log.finished().filter((text) => text.includes(`"${partition}-`));
      if (seen.length > 0) expect(seen[0]).toContain(`"${partition}-${from[partition] ?? 0};`);
    }
  });

  const isHanging = (calls: readonly BatchCall[]) =>
    textsOf(calls.at(-1) as BatchCall).some((text) => text.includes('"gate"'));
});

describeKafka.concurrent('two hosts of a group', { timeout: 60_000 }, () => {
  it('share the partitions, and one takes over what the other leaves', async (test) => {
    const { publish, startHost } = await stage(test);
    const first = await startHost();
    const second = await startHost();
    let round = 0;
    const finished = () => [...first.log.finished(), ...second.log.finished()];
    await expect
      .poll(async () => {
        round += 1;
        for (const partition of [0, 1, 2, 3]) await publish([`${round}/${partition}`], partition);
        return [first, second].map(({ log }) => log.finished().length > 0);
      }, TIME)
      .toEqual([true, true]);
    await first.close();
    for (const partition of [0, 1, 2, 3]) await publish([`alone/${partition}`], partition);
    await second.log.until(() =>
      [0, 1, 2, 3].every((partition) => finished().includes(`alone/${partition}`)),
    );
    for (let sent = 1; sent <= round; sent += 1) {
      for (const partition of [0, 1, 2, 3]) expect(finished()).toContain(`${sent}/${partition}`);
    }
  });
});

describeKafka.concurrent('close', { timeout: 60_000 }, () => {
  it('returns in time, and leaves a batch that ends only afterwards uncommitted', async (test) => {
    const { publish, startHost, committed } = await stage(test);
    await publish([wish('late', { lasts: 3_000 })], 0);
    const { log, close } = await startHost();
    await log.until(({ calls }) => calls.length === 1);
    const asked = performance.now();
    await close();
    expect(performance.now() - asked).toBeLessThan(2_900);
    expect(log.finished()).toEqual([]);
    await log.entry(/succeeded/);
    expect(await committed()).toEqual({});
  });

  it('waits for a batch that ends soon, its offsets included', async (test) => {
    const { publish, startHost, committed } = await stage(test);
    await publish([wish('soon', { lasts: 150 })], 0);
    const { log, close } = await startHost();
    await log.until(({ calls }) => calls.length === 1);
    await close();
    expect(log.finished()).toHaveLength(1);
    expect(await committed()).toEqual({ 0: 1 });
  });

  it('leaves nothing that would keep the process alive', async (test) => {
    const { publish, startChildHost } = await stage(test);
    await publish(['a'], 0);
    const { log, end } = await startChildHost();
    await log.finishedAll(['a']);
    expect(await end('SIGTERM')).toBe(0);
  });
});

describeKafka.concurrent('a broker that is away', { timeout: 60_000 }, () => {
  it('is told once, in one line, and waited for', async (test) => {
    // The client asks here for the brokers, and is told the real address.
    const ends = new Set<Socket>();
    const relay = createServer((socket) => {
      const upstream = connect(sharedBroker.port, '127.0.0.1');
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) ends.add(end.on('error', () => {}));
    });
    const listen = (port: number) =>
      new Promise<number>((resolve) =>
        relay.listen(port, '127.0.0.1', () => resolve((relay.address() as AddressInfo).port)),
      );
    const port = await listen(0);
    await new Promise((resolve) => relay.close(resolve));
    const binding = { brokerList: `127.0.0.1:${port}` };
    const { publish, startHost } = await stage(test, { app: { binding } });
    await publish(['a']);
    const { log } = await startHost();
    const { level, message } = await log.entry(/no records for now/);
    expect(level).toBe('warning');
    expect(message).toMatch(/^no records for now, trying again\. .*ECONNREFUSED.*$/);
    await listen(port);
    test.onTestFinished(async () => {
      relay.close();
      for (const end of ends) end.destroy();
    });
    await log.finishedAll(['a']);
    expect(hostLines(log).filter((line) => line.includes('no records for now'))).toHaveLength(1);
  });

  it('is told also where it goes away later', async (test) => {
    const other = await startKafkaBroker();
    test.onTestFinished(() => other.close());
    const { publish, startHost } = await stage(test, { broker: other });
    await publish(['a']);
    const { log } = await startHost();
    await log.finishedAll(['a']);
    await other.close();
    await log.entry(/no records for now, trying again/);
  });
});
