import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventData, EventHubProducerClient } from '@azure/event-hubs';
import { ContainerClient } from '@azure/storage-blob';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Azurite, startAzurite } from '../../local/azurite.ts';
import { toEventHubSource } from '../../local/functions-host/event-hub-source.ts';
import { toRetryPolicy } from '../../local/functions-host/retry-policy.ts';
import { PortTakenError } from '../../local/listen.ts';
import { type StackOptions, startStack } from '../../local/stack.ts';
import { marked, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { startProcess } from '../support/fixture-app/child-process.ts';
import type { EventHubAppOptions, EventHubCall } from '../support/fixture-app/event-hub-app.ts';
import {
  bundleEventHubApp,
  HostLog,
  type Stage,
  setStage,
  textsOf,
} from '../support/fixture-app/event-hub-stage.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
  return () => azurite.close();
});

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

type StageOptions = Omit<Parameters<typeof setStage>[0], 'storageConnectionString'>;

async function stage(options: StageOptions = {}): Promise<Stage> {
  const made = await setStage({ storageConnectionString: azurite.connectionString, ...options });
  cleanUps.push(() => made.close());
  return made;
}

async function _temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'event-hub-'));
  cleanUps.push(() => rm(folder, { recursive: true }));
  return folder;
}

function portOf({ connectionString }: Azurite): number {
  return Number(/:(\d+)\/devstoreaccount1/.exec(connectionString)?.[1]);
}

const FIXED: EventHubAppOptions['retry'] = { strategy: 'fixedDelay', maxRetryCount: 3, delayInterval: 0 };
const FOR_EVER: EventHubAppOptions['retry'] = { ...FIXED, maxRetryCount: -1 };

const event = (text: string, properties: Record<string, unknown> = {}): EventData => ({
  body: Buffer.from(text),
  properties,
});
/** The host wraps what the app threw into errors of its own. */
const inDotNet = (message: string) => ({
  message: expect.stringMatching(
    new RegExp(`FunctionInvocationException[^]*Exception: ${message}\\nStack: Error[^]{2000}`),
  ),
  source: 'System.Private.CoreLib',
  stackTrace: expect.stringContaining('at async Microsoft.Azure.WebJobs'),
});
const begins = ({ calls }: HostLog) => calls.filter(({ when }) => when === 'begin');
const isEndOf =
  (text: string) =>
  (call: EventHubCall): boolean =>
    call.when === 'end' && textsOf(call).includes(text);

describe('a batch', () => {
  const ODD_BODIES: readonly Buffer[] = [
    Buffer.from('{"ProductID":"GRINDER"}'),
    Buffer.alloc(0),
    Buffer.from('not JSON'),
    Buffer.from([0xff, 0xfe, 0x00, 0x80]),
    Buffer.from('\ufeff{"a":1}'),
    Buffer.from('"2026-11-22T12:00:00Z"'),
    Buffer.from(' 1.0 '),
    randomBytes(300_000),
  ];

  it('reaches the handler byte for byte, whatever the bytes, with every list beside it aligned', async () => {
    const { publish, startHost } = await stage();
    await publish(
      ODD_BODIES.map((body) => ({ body })),
      { partitionId: '1' },
    );
    const { log } = await startHost();
    const seen = await log.until(({ calls }) => {
      const ended = calls.filter(({ when }) => when === 'end');
      return ended.flatMap(({ bodies }) => bodies).length === ODD_BODIES.length && ended;
    });
    expect(seen.flatMap(({ bodies }) => bodies)).toEqual(ODD_BODIES.map((body) => body.toString('base64')));
    for (const { metadata, bodies } of seen) {
      const lists = Object.values(metadata).filter((value) => Array.isArray(value));
      expect(lists.map(({ length }) => length)).toEqual(Array(7).fill(bodies.length));
    }
  });

  it('brings the metadata that the library makes of what the host in Azure sends', async () => {
    const { publish, startHost } = await stage({ partitionCount: 1 });
    const properties = {
      Type: 'sitecore.ordercloud.messages.product.updated',
      'X-OC-Hash': 'aGFzaA==',
      count: 3,
      ratio: 1.5,
      large: 2 ** 52,
      yes: true,
      nothing: null,
      when: new Date('2026-11-22T12:00:00.120Z'),
      bytes: Buffer.from([0xff, 0x00]),
    };
    const message = { contentType: 'application/json', messageId: 'm-1', correlationId: 'c-1' };
    await publish([{ body: Buffer.from('a'), properties, ...message }], { partitionKey: 'GRINDER' });
    await publish(['b'], { partitionKey: '42' });
    await publish(['c']);
    const { log } = await startHost();
    await log.finishedAll(['a', 'b', 'c']);
    const ended = log.calls.filter(({ when }) => when === 'end');
    const list = (name: string) => ended.flatMap(({ metadata }) => metadata[name] as unknown[]);
    const context = {
      fullyQualifiedNamespace: '127.0.0.1',
      eventHubName: 'products',
      consumerGroup: '$Default',
      partitionId: '0',
      isCheckpointingAfterInvocation: true,
    };
    expect(ended[0]?.metadata).toMatchObject({ partitionContext: context, triggerPartitionContext: context });
    expect(list('sequenceNumberArray')).toEqual([0, 1, 2].map((low) => ({ low, high: 0, unsigned: false })));
    // The library reads text that is JSON as JSON.
    expect(list('partitionKeyArray')).toEqual(['GRINDER', 42, '']);
    expect(list('offsetArray')).toEqual([0, expect.any(Number), expect.any(Number)]);
    expect(list('offsetStringArray')).toEqual(list('offsetArray'));
    expect(list('propertiesArray')).toEqual([
      {
        ...{
          type: properties.Type,
          'x-OC-Hash': 'aGFzaA==',
          count: 3,
          ratio: 1.5,
          large: 2 ** 52,
          yes: true,
        },
        ...{ nothing: null, when: '2026-11-22T12:00:00.12Z', bytes: '/wA=' },
      },
      {},
      {},
    ]);
    const times = list('enqueuedTimeUtcArray');
    for (const time of times) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,2}[1-9])?$/);
    expect(list('systemPropertiesArray')).toEqual([
      {
        'x-opt-sequence-number': 0,
        'x-opt-offset': '0',
        'x-opt-enqueued-time': `${times[0]}+00:00`,
        'x-opt-partition-key': 'GRINDER',
        'content-type': 'application/json',
        'message-id': 'm-1',
        'correlation-id': 'c-1',
        sequenceNumber: 0,
        offset: '0',
        partitionKey: 'GRINDER',
        enqueuedTimeUtc: times[0],
      },
      expect.objectContaining({ sequenceNumber: 1, partitionKey: '42' }),
      expect.objectContaining({ sequenceNumber: 2, partitionKey: null }),
    ]);
  });

  it('has bodies that are no bytes in AMQP as text and JSON', async () => {
    const { publish, startHost } = await stage({ partitionCount: 1 });
    await publish([
      { body: 'text', bodyType: 'value' } as EventData,
      { body: { a: [1] }, bodyType: 'value' } as EventData,
      { body: Buffer.from('bytes'), bodyType: 'value' } as EventData,
      { body: [1, 'two'], bodyType: 'sequence' } as EventData,
      { body: null },
    ]);
    const { log } = await startHost();
    await log.finishedAll(['text', '{"a":[1]}', 'bytes', '[1,"two"]', '']);
  });

  it('drops empty partition keys, as the host does, for apps that have not asked for empty entries', async () => {
    const { publish, startHost } = await stage({ partitionCount: 1, app: { includesEmptyEntries: false } });
    await publish(['a', 'b']);
    const { log } = await startHost();
    expect((await log.call(isEndOf('b'))).metadata).toMatchObject({ partitionKeyArray: [] });
  });

  it('is as large as the settings allow, and waits for the one before; other partitions do not', async () => {
    const { publish, startHost } = await stage({ eventHubs: { maxEventBatchSize: 3 } });
    await publish(
      [event('a', { gate: 'held' }), ...['b', 'c', 'd', 'e', 'f', 'g'].map((text) => event(text))],
      {
        partitionId: '0',
      },
    );
    await publish(['z'], { partitionId: '1' });
    const { log, openGate } = await startHost();
    await log.call(isEndOf('z'));
    expect(
      begins(log)
        .filter(({ partitionId }) => partitionId === '0')
        .map(textsOf),
    ).toEqual([['a', 'b', 'c']]);
    await openGate('held');
    await log.call(isEndOf('g'));
    const order = log.calls.filter(({ partitionId }) => partitionId === '0');
    expect(order.map((call) => [call.when, ...textsOf(call)])).toEqual([
      ['begin', 'a', 'b', 'c'],
      ['end', 'a', 'b', 'c'],
      ['begin', 'd', 'e', 'f'],
      ['end', 'd', 'e', 'f'],
      ['begin', 'g'],
      ['end', 'g'],
    ]);
  });

  it('leaves one line in the log', async () => {
    const { publish, startHost } = await stage({ partitionCount: 1 });
    await publish(['a', 'b']);
    const { log } = await startHost();
    expect(await log.entry(/^partition/)).toEqual({
      level: 'information',
      category: 'host',
      functionName: 'receive',
      message: expect.stringMatching(/^partition 0: 2 events → succeeded in \d+ ms$/),
    });
  });
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

describe('a retry policy', () => {
  it('waits as long as fixedDelay says', () => {
    const policy = toRetryPolicy({
      retryStrategy: 'fixedDelay',
      maxRetryCount: 5,
      delayInterval: { seconds: 2 },
    });
    expect([1, 2, 9].map((retry) => policy?.delayBefore(retry))).toEqual([2000, 2000, 2000]);
  });

  it('waits longer and longer with exponentialBackoff, between its two intervals', () => {
    const policy = toRetryPolicy(
      {
        retryStrategy: 'exponentialBackoff',
        maxRetryCount: -1,
        minimumInterval: { seconds: 1 },
        maximumInterval: { seconds: 30 },
      },
      () => 0.5,
    );
    expect([1, 2, 3, 4, 5, 6, 7, 5000].map((retry) => policy?.delayBefore(retry))).toEqual([
      1000, 2000, 3000, 5000, 9000, 17000, 30000, 30000,
    ]);
  });

  it.each([
    ['an unknown strategy', { retryStrategy: 'never', maxRetryCount: 1 }],
    ['no interval', { retryStrategy: 'fixedDelay', maxRetryCount: 1 }],
    ['a count below -1', { retryStrategy: 'fixedDelay', maxRetryCount: -2, delayInterval: { seconds: 1 } }],
  ])('is refused with %s', (_, options) => {
    expect(() => toRetryPolicy(options)).toThrow();
  });
});

describe('a host that starts again', () => {
  it('goes on after the last checkpoint', async () => {
    const { publish, startHost, checkpoints } = await stage({ partitionCount: 1 });
    await publish(['a', 'b', 'c']);
    const first = await startHost();
    await first.log.finishedAll(['a', 'b', 'c']);
    await expect.poll(checkpoints).toEqual({ 0: 2 });
    await first.close();
    await publish(['d', 'e']);
    const second = await startHost();
    await second.log.finishedAll(['d', 'e']);
    expect(second.log.finished()).toEqual(['d', 'e']);
  });

  it('reads from the start where the events are others, and the checkpoints too', async () => {
    const before = await stage({ partitionCount: 1 });
    await before.publish(['a', 'b', 'c']);
    const first = await before.startHost();
    await expect.poll(before.checkpoints).toEqual({ 0: 2 });
    await first.close();
    const after = await stage({ partitionCount: 1 });
    await after.publish(['new']);
    const second = await after.startHost();
    await second.log.call(isEndOf('new'));
  });

  it('after SIGKILL loses nothing, and repeats at most the batches in flight', async () => {
    const { publish, startChildHost, checkpoints } = await stage({
      partitionCount: 4,
      app: { retry: FOR_EVER },
      eventHubs: { maxEventBatchSize: 10, ownershipExpiryMs: 2_000 },
    });
    const all: string[] = [];
    for (const partitionId of ['0', '1', '2', '3']) {
      // The runs of the fourth and the seventh batch hang until their gate is open, which only later hosts' are.
      const events = Array.from({ length: 100 }, (_, index) =>
        event(
          `${partitionId}-${index}`,
          index === 35 ? { gate: 'first' } : index === 65 ? { gate: 'second' } : {},
        ),
      );
      all.push(...events.map(({ body }) => String(body)));
      await publish(events, { partitionId });
    }
    const finished = new Set<string>();
    for (const [gates, waitFor] of [
      [[], 35],
      [['first'], 65],
      [['first', 'second'], undefined],
    ] as const) {
      const from = await checkpoints();
      const child = await startChildHost();
      for (const gate of gates) await child.openGate(gate);
      if (waitFor === undefined) {
        await child.log.until((log) => {
          for (const text of log.finished()) finished.add(text);
          return finished.size === all.length;
        });
      } else {
        const isHanging = (partition: number) => (call: EventHubCall) =>
          textsOf(call).includes(`${partition}-${waitFor}`);
        await child.log.until(({ calls }) =>
          [0, 1, 2, 3].every((partition) => calls.some(isHanging(partition))),
        );
        for (const text of child.log.finished()) finished.add(text);
      }
      expect(await child.end('SIGKILL')).toBeNull();
      for (const partitionId of ['0', '1', '2', '3']) {
        const first = begins(child.log).find((call) => call.partitionId === partitionId)?.sequenceNumbers[0];
        expect(first).toBe((from[partitionId] ?? -1) + 1);
      }
    }
    expect([...finished].sort()).toEqual(all.sort());
    expect(finished.size).toBe(400);
  }, 60_000);
});

describe('two hosts', () => {
  /** How many partitions each owner has. */
  async function shares({ ownership }: Stage): Promise<number[]> {
    const counts = new Map<string, number>();
    for (const { ownerId } of await ownership()) counts.set(ownerId, (counts.get(ownerId) ?? 0) + 1);
    return [...counts.values()];
  }

  const FAST = { ownershipExpiryMs: 2_500 };
  const TIME = { timeout: 10_000 };

  it('share the partitions, and one takes over what the other leaves', async () => {
    const set = await stage({ partitionCount: 4, eventHubs: FAST });
    const first = await set.startHost();
    await expect.poll(() => shares(set), TIME).toEqual([4]);
    const second = await set.startHost();
    await first.log.until(
      ({ entries }) => entries.filter(({ message }) => /taken over/.test(message)).length === 2,
    );
    expect(await shares(set)).toEqual([2, 2]);
    for (const partitionId of ['0', '1', '2', '3'])
      await set.publish([`shared ${partitionId}`], { partitionId });
    const finished = () => [first, second].map(({ log }) => log.finished().length);
    await expect.poll(finished, TIME).toEqual([2, 2]);
    await first.close();
    for (const partitionId of ['0', '1', '2', '3'])
      await set.publish([`alone ${partitionId}`], { partitionId });
    await second.log.finishedAll(['0', '1', '2', '3'].map((partitionId) => `alone ${partitionId}`));
    await expect.poll(() => shares(set), TIME).toEqual([4]);
  });

  it('do not pull at a partition that one has taken while the other was busy with it', async () => {
    const set = await stage({ partitionCount: 2, app: { retry: FOR_EVER }, eventHubs: FAST });
    const { publish, checkpoints, ownership } = set;
    for (const partitionId of ['0', '1'])
      await publish([event(`busy ${partitionId}`, { gate: 'g' })], { partitionId });
    const first = await set.startHost();
    await first.log.until(({ calls }) => calls.length === 2);
    const second = await set.startHost();
    await second.openGate('g');
    const { partitionId: taken } = await second.log.call(({ when }) => when === 'end');
    const kept = taken === '0' ? '1' : '0';
    await publish(['next'], { partitionId: taken });
    await second.log.call(isEndOf('next'));
    await expect.poll(checkpoints).toEqual({ [taken]: 1 });

    // Twice renewed: since the takeover, the first host has looked at least once who owns what.
    const etag = async () => (await ownership()).find(({ partitionId }) => partitionId === kept)?.etag;
    for (let renewals = 0; renewals < 2; renewals += 1) {
      const former = await etag();
      await expect.poll(etag, TIME).not.toBe(former);
    }
    await first.openGate('g');
    await first.log.entry(new RegExp(`partition ${taken}: another host has taken over`));
    await expect.poll(checkpoints).toEqual({ [taken]: 1, [kept]: 0 });
    await publish(['last'], { partitionId: taken });
    await second.log.call(isEndOf('last'));
    expect(first.log.finished().sort()).toEqual(['busy 0', 'busy 1']);
  });
});

describe('close', () => {
  it('returns in time, and leaves a batch that ends only afterwards without a checkpoint', async () => {
    const { publish, startHost, checkpoints } = await stage({ partitionCount: 1 });
    await publish([event('late', { lasts: 2_000 })]);
    const first = await startHost();
    await first.log.until(({ calls }) => calls.length === 1);
    const asked = performance.now();
    await first.close();
    expect(performance.now() - asked).toBeLessThan(1_900);
    expect(first.log.finished()).toEqual([]);
    await first.log.entry(/succeeded/);
    const second = await startHost();
    await second.log.call(isEndOf('late'));
    await expect.poll(checkpoints).toEqual({ 0: 0 });
  });

  it('waits for a batch that ends soon, checkpoint included', async () => {
    const { publish, startHost, checkpoints } = await stage({ partitionCount: 1 });
    await publish([event('soon', { lasts: 200 })]);
    const { log, close } = await startHost();
    await log.until(({ calls }) => calls.length === 1);
    await close();
    expect(log.finished()).toEqual(['soon']);
    expect(await checkpoints()).toEqual({ 0: 0 });
  });

  it('does not wait for a retry, and leaves nothing that would keep the process alive', async () => {
    const retry = { strategy: 'fixedDelay', maxRetryCount: -1, delayInterval: { minutes: 10 } } as const;
    const { publish, startChildHost, checkpoints } = await stage({ app: { retry } });
    await publish([event('failing', { failures: 1 })], { partitionId: '0' });
    await publish(['a'], { partitionId: '1' });
    const { log, end } = await startChildHost();
    await log.entry(/failed in/);
    await log.call(isEndOf('a'));
    await expect.poll(checkpoints).toEqual({ 1: 0 });
    const asked = performance.now();
    expect(await end('SIGTERM')).toBe(0);
    expect(performance.now() - asked).toBeLessThan(2_000);
    expect(await checkpoints()).toEqual({ 1: 0 });
  });
});

describe('what goes wrong while events are fetched', () => {
  it('a lost connection is made again, and no event is lost or doubled', async () => {
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
    await log.entry(/^partitions: no events for now, trying again\. .*ECONNREFUSED/);
    await start();
    await log.call(isEndOf('a'));
  });

  it('a checkpoint that cannot be stored makes the batch come again', async () => {
    const origin = `http://127.0.0.1:${portOf(azurite)}`;
    let isAway = false;
    const proxy = await startFaultyProxy(origin, () => (isAway ? { kind: 'reset' } : undefined));
    cleanUps.push(() => proxy.close());
    const storageConnectionString = azurite.connectionString.replaceAll(origin, proxy.url);
    const set = await setStage({ storageConnectionString, partitionCount: 1 });
    await set.publish([event('a', { gate: 'g' })]);
    const { log, openGate } = await set.startHost();
    await log.until(({ calls }) => calls.length === 1);
    isAway = true;
    await openGate('g');
    await log.entry(/The checkpoint could not be stored, the batch will come again/);
    isAway = false;
    await log.until(() => log.finished().length === 2);
    await expect.poll(set.checkpoints).toEqual({ 0: 0 });
    await set.close();
  });
});

describe('settings', () => {
  const source = (binding: Record<string, unknown>, env: Record<string, string> = {}) =>
    toEventHubSource(
      {
        name: 'receive',
        retryOptions: undefined,
        trigger: {
          name: 'eventHubTrigger1',
          type: 'eventHubTrigger',
          direction: 'in',
          ...{
            eventHubName: 'products',
            connection: 'EventHubConnection',
            cardinality: 'many',
            dataType: 'binary',
          },
          ...binding,
        },
      },
      env,
    );

  it('are found under the names that the binding gives', () => {
    expect(source({}, { EventHubConnection: 'Endpoint=sb://x/' })).toEqual({
      hub: 'products',
      consumerGroup: '$Default',
      access: { kind: 'connectionString', connectionString: 'Endpoint=sb://x/' },
    });
    expect(
      source(
        { eventHubName: '%HUB%', consumerGroup: '%GROUP%', connection: 'Other' },
        { HUB: 'h', GROUP: 'g', Other__fullyQualifiedNamespace: 'x.servicebus.windows.net' },
      ),
    ).toEqual({
      hub: 'h',
      consumerGroup: 'g',
      access: { kind: 'identity', fullyQualifiedNamespace: 'x.servicebus.windows.net' },
    });
  });

  it('let a hub in the connection string win', () => {
    const connection = 'Endpoint=sb://x/;SharedAccessKey=hidden-key-of-the-hub=;EntityPath=mine';
    expect(source({}, { EventHubConnection: connection }).hub).toBe('mine');
  });

  it.each([
    ['no connection', {}, {}, 'Neither the setting EventHubConnection nor'],
    [
      'a hub whose setting is missing',
      { eventHubName: '%HUB%' },
      { EventHubConnection: 'x' },
      'The setting HUB',
    ],
    ['single events', { cardinality: 'one' }, { EventHubConnection: 'x' }, 'cardinality'],
    ['bodies that are not bytes', { dataType: undefined }, { EventHubConnection: 'x' }, 'dataType'],
  ])('that this host cannot work with are told: %s', (_, binding, env, message) => {
    expect(() => source(binding, env)).toThrow(message);
  });

  it('never show a connection string', async () => {
    const secret = 'Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=hidden-key-of-the-hub';
    expect(() => source({ connection: secret })).toThrow(/^(?!.*hidden-key)/s);
    const { startHost } = await stage({ app: { binding: { connection: 'BROKEN' } } });
    vi.stubEnv('BROKEN', 'hush-hush');
    const { log, openGate } = await startHost();
    vi.unstubAllEnvs();
    const { message } = await log.entry(/This function gets no events/);
    expect(message).toContain('not one of Event Hubs');
    expect(message).not.toContain('hush');
    // The others run.
    await openGate('any');
  });
});

describe('the local stack', () => {
  async function testStack(options: StackOptions = {}): Promise<TestStack> {
    const stack = await startTestStack({ eventHubs: true, ...options });
    cleanUps.push(() => stack.close());
    return stack;
  }

  async function send({ eventHubs }: Pick<TestStack, 'eventHubs'>, events: EventData[]): Promise<void> {
    const { connectionString = '', hub = '' } = eventHubs ?? {};
    const producer = new EventHubProducerClient(connectionString, hub);
    await producer.sendBatch(events);
    await producer.close();
  }

  const update = (ProductID: string) =>
    event(JSON.stringify(marked({ ProductID, Name: 'Bar Grinder' })), { type: PRODUCT_UPDATED });
  const TIME = { timeout: 10_000 };

  it('feeds the app from a hub of its own', async () => {
    const stack = await testStack();
    expect(stack.eventHubs).toMatchObject({ hub: 'products', isLocal: true });
    await send(stack, [update('GRINDER')]);
    await expect.poll(() => stack.product('GRINDER'), TIME).toMatchObject({ name: 'Bar Grinder' });
  });

  it('reads a namespace that the settings name, and keeps its place in the storage account that they name', async () => {
    const elsewhere = await testStack();
    const connectionString = elsewhere.eventHubs?.connectionString;
    await elsewhere.close();
    const set = await stage({ partitionCount: 1 });
    const env = {
      EventHubConnection: set.connectionString,
      AzureWebJobsStorage: azurite.connectionString,
      COSMOS_DATABASE: 'other',
    };
    expect(connectionString).not.toBe(set.connectionString);
    const stack = await testStack({ env });
    expect(stack.eventHubs).toMatchObject({ connectionString: set.connectionString, isLocal: false });
    await set.publish([update('ELSEWHERE')]);
    await expect.poll(() => stack.product('ELSEWHERE'), TIME).toBeDefined();
    const container = new ContainerClient(azurite.connectionString, 'azure-webjobs-eventhub');
    const checkpoint = container.getBlobClient('127.0.0.1/products/$default/checkpoint/0');
    await expect.poll(() => checkpoint.exists(), TIME).toBe(true);
  });

  it('takes an Azurite in the settings for its own', async () => {
    const set = await stage({ partitionCount: 1 });
    const env = {
      EventHubConnection: set.connectionString,
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    };
    const stack = await testStack({ env });
    await set.publish([update('DEVELOPMENT')]);
    await expect.poll(() => stack.product('DEVELOPMENT'), TIME).toBeDefined();
  });

  it('can do without', async () => {
    const stack = await testStack({ eventHubs: false, env: { EventHubConnection: 'Endpoint=sb://x/' } });
    expect(stack.eventHubs).toBeUndefined();
    expect(stack.functions.map(({ type }) => type)).not.toContain('eventHubTrigger');
  });

  it('gives as many events at a time as host.json says', async () => {
    const app = await bundleEventHubApp();
    cleanUps.push(() => app.remove());
    const hostJson = { version: '2.0', extensions: { eventHubs: { maxEventBatchSize: 2 } } };
    await writeFile(join(app.folder, 'host.json'), JSON.stringify(hostJson));
    const { log, ...hostLog } = new HostLog();
    const stack = await startStack({ folder: app.folder, port: 0, userSettings: false, log });
    cleanUps.push(() => stack.close());
    await send(
      stack,
      ['a', 'b', 'c', 'd', 'e'].map((text) => event(text)),
    );
    await expect.poll(() => hostLog.calls.filter(({ when }) => when === 'end').length, TIME).toBe(3);
    expect(hostLog.calls.map(({ bodies }) => bodies.length)).toEqual([2, 2, 2, 2, 1, 1]);
  });

  it('says in one line what a person can mend', async () => {
    const set = await stage();
    const failure = (options: StackOptions) =>
      startStack({ port: 0, userSettings: false, log() {}, ...options }).catch((error: unknown) => error);
    const port = Number(/:(\d+);/.exec(set.connectionString)?.[1]);
    const taken = await failure({ eventHubsPort: port });
    expect(taken).toBeInstanceOf(PortTakenError);
    expect(String(taken)).toContain(`npm start -- --event-hubs-port ${port + 1}`);
  });

  it('takes another port where the usual one is taken', async () => {
    const stacks = [await testStack({ eventHubsPort: 'usual' }), await testStack({ eventHubsPort: 'usual' })];
    const [first, second] = stacks.map(({ eventHubs }) => eventHubs?.connectionString);
    expect(first).not.toBe(second);
  });
});

describe('npm start', () => {
  it('says where events go, and ends at once with a batch in flight', async () => {
    const app = await bundleEventHubApp();
    cleanUps.push(() => app.remove());
    const started = startProcess(app.folder, '--port', '0', '--event-hubs-port', '0');
    const [, connectionString = ''] = await started.printed(/Event Hub {2}"products" at (Endpoint=\S+)\n/);
    await started.printed(/npm run send -- --via eventhub samples --connection-string 'Endpoint=\S+'\n/);
    const producer = new EventHubProducerClient(connectionString, 'products');
    await producer.sendBatch([event('kept', { gate: 'never' })]);
    await producer.close();
    await started.printed(/receive: call \{"when":"begin".*"bodies":\["a2VwdA=="\]/);
    const asked = performance.now();
    started.signal('SIGINT');
    expect((await started.ended).code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(2_000);
    await started.gone();
  }, 40_000);
});
