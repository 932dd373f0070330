import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromKafkaBatch } from '../../functions/kafka-batch.ts';
import { productKafka } from '../../functions/product-kafka.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { startTestCosmos, type TestCosmos } from '../support/cosmos.ts';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { invocationContext, type LogLine, recordingLog } from '../support/log.ts';

let cosmos: TestCosmos;
beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

const base64 = (text: string) => Buffer.from(text).toString('base64');
const typed = (type: string) => [{ Key: 'type', Value: base64(type) }];
const product = (ProductID: string, Name = 'Bar Grinder') => JSON.stringify({ ProductID, Name });

/** A record as the extension hands it over, before it is JSON text. */
function record(Value: unknown, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Offset: 4711,
    Partition: 3,
    Topic: 'products',
    Timestamp: '2026-11-22T12:00:00.123Z',
    LeaderEpoch: null,
    IsPartitionEOF: false,
    Key: 'GRINDER',
    Value,
    Headers: typed(PRODUCT_UPDATED),
    ...overrides,
  };
}

async function receive(records: unknown): Promise<string[]> {
  const lines: string[] = [];
  const app = createApp(readConfig({ COSMOS_CONNECTION_STRING: cosmos.connectionString }), recordingLog());
  await productKafka(app, { consumerGroup: 'sync', hasUser: false }).handler(
    records,
    invocationContext({ functionName: 'productKafka' }, lines),
  );
  return lines;
}

const summaryIn = (lines: string[]) => JSON.parse(lines.at(-1)?.replace('information ', '') ?? '');
const stored = async (id: string) => (await cosmos.products.item(id, id).read()).resource;

describe('a batch of records', () => {
  it('is stored under the position that the broker gave each record', async () => {
    await receive([record(product('POSITION'))]);
    expect((await stored('POSITION')).sync).toMatchObject({
      transport: 'kafka',
      stream: 'kafka/products/3',
      sequence: 4711,
      time: '2026-11-22T12:00:00.123Z',
    });
  });

  it.each([
    ['JSON text', JSON.stringify],
    ['already parsed', (value: unknown) => value],
  ])('may come as %s, in a list or alone', async (how, written) => {
    await receive([written(record(product(`LIST ${how}`)))]);
    await receive(written(record(product(`ALONE ${how}`))));
    expect(await stored(`LIST ${how}`)).toMatchObject({ name: 'Bar Grinder' });
    expect(await stored(`ALONE ${how}`)).toMatchObject({ name: 'Bar Grinder' });
  });

  it('may spell the names of its fields in any case', async () => {
    const lowerCase = Object.fromEntries(
      Object.entries(record(product('CASE'))).map(([name, value]) => [name.toLowerCase(), value]),
    );
    await receive([{ ...lowerCase, headers: [{ KEY: 'Type', value: base64(PRODUCT_DELETED) }] }]);
    expect(await stored('CASE')).toMatchObject({ deleted: true, sync: { stream: 'kafka/products/3' } });
  });

  it('of several partitions is summed up in one line that names them all', async () => {
    const lines = await receive([
      record(product('SUM-1'), { Partition: 0, Offset: 5 }),
      record(product('SUM-2'), { Partition: 1, Offset: 9 }),
      record(product('SUM-1'), { Partition: 0, Offset: 7 }),
    ]);
    expect((await stored('SUM-1')).sync).toMatchObject({ stream: 'kafka/products/0', sequence: 7 });
    expect((await stored('SUM-2')).sync).toMatchObject({ stream: 'kafka/products/1', sequence: 9 });
    expect(summaryIn(lines)).toMatchObject({
      event: 'batch',
      stream: 'kafka/products/*',
      positions: ['kafka/products/0 5-7', 'kafka/products/1 9-9'],
      messages: 3,
      created: 2,
      superseded: 1,
    });
  });

  it('of one partition is summed up as one of an event hub is', async () => {
    const lines = await receive([record('x', { Offset: 1 }), record('y', { Offset: 2 })]);
    expect(summaryIn(lines)).toMatchObject({ stream: 'kafka/products/3', firstSequence: 1, lastSequence: 2 });
  });

  it('has the exact bytes of its values', () => {
    const text = ' {"ProductID":"BYTES","Name":"Café ☕ 🫘"}\r\n';
    const [delivery] = fromKafkaBatch([JSON.stringify(record(text))]) ?? [];
    expect(delivery?.body).toEqual(Buffer.from(text));
  });

  it('with bad records among good ones stores the good ones, and keeps the bad', async () => {
    const lines = await receive([
      record('not JSON', { Offset: 1 }),
      record(product('AMONG-BAD'), { Offset: 2 }),
      record('{}', { Offset: 3 }),
      record('<order/>', { Offset: 4, Headers: typed('sitecore.ordercloud.messages.order.submitted') }),
    ]);
    expect(summaryIn(lines)).toMatchObject({ created: 1, 'dead-lettered': 2, ignored: 1 });
    const query = 'SELECT VALUE c.body FROM c WHERE c.stream = "kafka/products/3" AND c.sequence = 1';
    expect((await cosmos.deadLetters.items.query(query).fetchAll()).resources).toContain('not JSON');
  });
});

describe('the type', () => {
  it.each([
    ['in base64', base64(PRODUCT_DELETED)],
    ['as text', PRODUCT_DELETED],
  ])('may be a header %s', async (how, value) => {
    await receive([record(product(`TYPE ${how}`), { Headers: [{ Key: 'TYPE', Value: value }] })]);
    expect(await stored(`TYPE ${how}`)).toMatchObject({ deleted: true });
  });

  it('of two headers with one name is in the last', async () => {
    const Headers = [...typed(PRODUCT_UPDATED), ...typed(PRODUCT_DELETED)];
    await receive([record(product('TWICE'), { Headers })]);
    expect(await stored('TWICE')).toMatchObject({ deleted: true });
  });

  it.each([
    ['no list', undefined],
    ['an empty list', []],
    ['a header without a value', [{ Key: 'type', Value: null }]],
    ['other headers', [{ Key: 'traceparent', Value: base64('00-1-2-01') }, 7]],
  ])('is in the envelope where headers hold none: %s', async (how, Headers) => {
    const id = `ENVELOPE ${how}`;
    const value = `{"Headers":{"type":"${PRODUCT_UPDATED}"},"Payload":${product(id)}}`;
    await receive([record(value, { Headers })]);
    expect(await stored(id)).toMatchObject({ name: 'Bar Grinder' });
  });
});

describe('a null value', () => {
  it.each([
    ['null', null],
    ['absent', undefined],
  ])('with a key is ignored, and counted: %s', async (_, value) => {
    const lines = await receive([record(value, { Key: 'GONE' })]);
    expect(summaryIn(lines)).toMatchObject({ messages: 1, ignored: 1 });
  });

  it('with an empty key, too', async () => {
    expect(summaryIn(await receive([record(null, { Key: '' })]))).toMatchObject({ ignored: 1 });
  });

  it.each([
    ['null', null],
    ['absent', undefined],
  ])('without a key is an empty message, and kept as a dead letter: %s', async (_, value) => {
    const lines = await receive([JSON.stringify(record(value, { Key: value, Offset: 99 }))]);
    expect(summaryIn(lines)).toMatchObject({ 'dead-lettered': 1 });
    const query = 'SELECT VALUE c.reason FROM c WHERE c.stream = "kafka/products/3" AND c.sequence = 99';
    expect((await cosmos.deadLetters.items.query(query).fetchAll()).resources).toEqual(['invalid-json']);
  });
});

describe('a position is never invented', () => {
  it.each([
    ['no offset', { Offset: undefined }, 'whose offset'],
    ['an offset beyond exactness', { Offset: 2 ** 53 }, 'whose offset'],
    ['an offset that is text', { Offset: '12' }, 'whose offset'],
    ['a negative offset', { Offset: -1 }, 'whose offset'],
    ['a partition that is none', { Partition: 1.5 }, 'whose partition'],
    ['no partition', { Partition: null }, 'whose partition'],
    ['no topic', { Topic: '' }, 'whose topic'],
  ])('%s fails the invocation and says why', async (_, wrong, why) => {
    await expect(receive([record(product('FINE')), record(product('NEVER'), wrong)])).rejects.toThrow(why);
    expect(await stored('NEVER')).toBeUndefined();
  });

  it.each([
    ['no timestamp', undefined],
    ['a timestamp that is no date', 'noon'],
    ['a timestamp that stands for none', '1970-01-01T00:00:00Z'],
    ['another that does', '0001-01-01T00:00:00'],
    ['a timestamp far ahead', '9999-12-31T23:59:59.999Z'],
    ['a year of five digits', '+010000-01-01T00:00:00Z'],
    ['six minutes ahead', new Date(Date.now() + 360_000).toISOString()],
  ])('a record with %s is a dead letter by itself', async (how, Timestamp) => {
    const bad = record(product(`TIME ${how}`), { Timestamp, Offset: 1 });
    const lines = await receive([record(product(`BEFORE ${how}`)), bad, record(product(`AFTER ${how}`))]);
    expect(summaryIn(lines)).toMatchObject({ created: 2, 'dead-lettered': 1, lagMs: expect.any(Number) });
    expect(await stored(`TIME ${how}`)).toBeUndefined();
    const query = {
      query: 'SELECT VALUE c.reason FROM c WHERE c.productId = @id',
      parameters: [{ name: '@id', value: `TIME ${how}` }],
    };
    expect((await cosmos.deadLetters.items.query(query).fetchAll()).resources).toEqual(['invalid-time']);
  });

  it('a record four minutes ahead is stored', async () => {
    const Timestamp = new Date(Date.now() + 240_000).toISOString();
    expect(summaryIn(await receive([record(product('AHEAD'), { Timestamp })]))).toMatchObject({ created: 1 });
  });

  it.each([
    ['text that is no JSON', 'products'],
    ['JSON that is no object', '[1]'],
    ['bytes', Buffer.from('{}')],
    ['a value that is no text', record({ ProductID: 'x' })],
  ])('nor is anything else: %s', async (_, wrong) => {
    await expect(receive([record(product('BESIDE')), wrong])).rejects.toThrow(
      /^The trigger handed over .*\. Nothing was processed\.$/,
    );
  });

  it('records that are bytes do not pass for an invocation by hand', async () => {
    await expect(receive([Buffer.from(JSON.stringify(record('{}')))])).rejects.toThrow('handed over bytes');
  });

  it.each([
    ['without Z', '2026-11-22T12:00:00.1234567'],
    ['with an offset', '2026-11-22T13:00:00.123+01:00'],
  ])('a timestamp %s is UTC, cut to milliseconds', (_, Timestamp) => {
    expect(fromKafkaBatch([record('{}', { Timestamp })])?.[0]?.time).toBe('2026-11-22T12:00:00.123Z');
  });

  it.each([
    ['any text', 'products'],
    ['JSON that is no record', '{"ProductID":"BY-HAND"}'],
    ['a value in a record of no topic', record(product('BY-HAND'), { Topic: null, Offset: 0 })],
  ])('an invocation by hand is no batch, and comes to an end: %s', async (_, given) => {
    for (const records of [given, [given]]) {
      const lines = await receive(records);
      expect(lines).toEqual([expect.stringMatching(/^warning .*did not come from the broker/)]);
    }
    expect(await stored('BY-HAND')).toBeUndefined();
  });
});

describe('settings', () => {
  const env = () => ({ COSMOS_CONNECTION_STRING: cosmos.connectionString, KAFKA_BROKERS: 'b:9092' });

  it('for Kafka that are wrong are told at start, and leave the rest at work', async () => {
    const lines: LogLine[] = [];
    const app = createApp(
      readConfig({ ...env(), ORDERCLOUD_WEBHOOK_SECRETS: 'a-secret-of-the-tests' }),
      recordingLog(lines),
    );
    expect(lines).toEqual([
      {
        level: 'error',
        event: 'Settings are wrong. Kafka is not read until you fix this: KAFKA_TOPIC is missing.',
        fields: { settings: ['KAFKA_TOPIC'] },
      },
    ]);
    await app.receiveBatch([], () => {});
    expect(await app.failingHealthChecks()).toEqual(['settings']);
  });

  it('are told together with the others that are wrong', () => {
    const lines: LogLine[] = [];
    createApp(readConfig({ KAFKA_BROKERS: 'b:9092' }), recordingLog(lines));
    expect(lines.flatMap(({ fields }) => (fields.settings ? [fields.settings] : []))).toEqual([
      ['COSMOS_CONNECTION_STRING', 'KAFKA_TOPIC'],
    ]);
  });
});
