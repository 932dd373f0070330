import { randomBytes } from 'node:crypto';
import type { EventData } from '@azure/event-hubs';
import { describe, expect, it } from 'vitest';
import { textsOf } from '../../support/fixture-app/host-log.ts';
import { begins, event, isEndOf, useAzurite } from './stage.ts';

const { stage } = useAzurite();

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
