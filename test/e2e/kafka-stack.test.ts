import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EventHubProducerClient } from '@azure/event-hubs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startWorker, type WorkerFunction } from '../../local/functions-host/worker.ts';
import { setEnvironment, type Variables } from '../../local/settings.ts';
import { type StackOptions, startStack } from '../../local/stack.ts';
import { withKafka } from '../../local/stack-settings.ts';
import { startTestCosmos } from '../support/cosmos.ts';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { bundleBatchApp } from '../support/fixture-app/bundle-app.ts';
import { HostLog } from '../support/fixture-app/host-log.ts';
import { describeKafka, type KafkaBroker, startKafkaBroker } from '../support/kafka-broker.ts';
import { recordingHostLog, silencedConsole } from '../support/log.ts';
import { startLocalStack } from '../support/run-program.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';

async function kafkaBroker(): Promise<KafkaBroker> {
  const broker = await startKafkaBroker();
  onTestFinished(() => broker.close());
  return broker;
}

const TIME = { timeout: 15_000 };

const wish = (text: string, wishes: object = {}) => JSON.stringify({ text, ...wishes });

describe('the brokers of the local stack', () => {
  const GIVEN = {
    KAFKA_BROKERS: 'shop:9093',
    KAFKA_TOPIC: 'catalog',
    KAFKA_USERNAME: 'u',
    KAFKA_PASSWORD: 'kafka-password-of-the-tests',
  };

  it('are those of the settings, with their user', () => {
    expect(withKafka(GIVEN)).toEqual(GIVEN);
    expect(withKafka(GIVEN, 'shop:9093')).toEqual(GIVEN);
  });

  it('are those that are chosen instead, which get no user and password that are for others', () => {
    expect(withKafka(GIVEN, '127.0.0.1:9092')).toEqual({
      KAFKA_BROKERS: '127.0.0.1:9092',
      KAFKA_TOPIC: 'catalog',
    });
    expect(withKafka({}, '127.0.0.1:9092')).toMatchObject({ KAFKA_TOPIC: 'products' });
  });

  it('are none without settings, and where Kafka is left out', () => {
    expect(withKafka({})).toEqual({});
    expect(withKafka({ COSMOS_DATABASE: 'shop', ...GIVEN }, false)).toEqual({ COSMOS_DATABASE: 'shop' });
  });
});

describe('productKafka', () => {
  const SETTINGS = {
    ...{
      COSMOS_ENDPOINT: 'http://127.0.0.1:1',
      EventHubConnection: 'Endpoint=sb://x/;SharedAccessKeyName=a;SharedAccessKey=a2V5',
    },
    ...{
      KAFKA_BROKERS: 'shop:9093',
      KAFKA_TOPIC: 'catalog',
      KAFKA_USERNAME: 'u',
      KAFKA_PASSWORD: 'kafka-password-of-the-tests',
    },
  };

  /** The functions of the built app under these settings, and what it says is wrong with them. */
  async function appUnder(
    settings: Variables,
  ): Promise<{ functions: readonly WorkerFunction[]; told: string[] }> {
    const restoreEnvironment = setEnvironment(settings);
    const told = silencedConsole('error');
    silencedConsole('warn');
    try {
      const worker = await startWorker({ entry: resolve('dist/app/main.cjs'), log: recordingHostLog() });
      await worker.close();
      return { functions: worker.functions, told: told.mock.calls.map(([line]) => String(line)) };
    } finally {
      vi.restoreAllMocks();
      restoreEnvironment();
    }
  }

  it('names its settings, and holds none of them', async () => {
    const { functions, told } = await appUnder(SETTINGS);
    expect(told).toEqual([]);
    const found = functions.find(({ name }) => name === 'productKafka');
    expect(JSON.stringify(found)).not.toContain('kafka-password-of-the-tests');
    expect(found?.trigger).toMatchObject({
      ...{ type: 'kafkaTrigger', direction: 'in', name: 'records', cardinality: 'MANY', dataType: 'string' },
      ...{ brokerList: '%KAFKA_BROKERS%', topic: '%KAFKA_TOPIC%', consumerGroup: 'ordercloud-product-sync' },
      ...{ protocol: 'SaslSsl', authenticationMode: 'Plain' },
      ...{ username: '%KAFKA_USERNAME%', password: '%KAFKA_PASSWORD%' },
    });
    expect(found?.retryOptions).toMatchObject({ maxRetryCount: -1 });
  });

  it('signs in only where there is a user', async () => {
    const settings = { ...SETTINGS, KAFKA_USERNAME: '', KAFKA_PASSWORD: '', KAFKA_CONSUMER_GROUP: 'shop' };
    const { functions } = await appUnder(settings);
    const found = functions.find(({ name }) => name === 'productKafka');
    expect(Object.keys(found?.trigger ?? {})).not.toContain('password');
    expect(found?.trigger).toMatchObject({ consumerGroup: 'shop' });
  });

  it.each([
    ['no settings', { KAFKA_BROKERS: '', KAFKA_TOPIC: '', KAFKA_USERNAME: '', KAFKA_PASSWORD: '' }, []],
    ['half of them', { KAFKA_TOPIC: '' }, ['KAFKA_TOPIC is missing']],
    ['others that are wrong', { WRITE_CONCURRENCY: '0' }, ['WRITE_CONCURRENCY must']],
  ])(
    'is not registered with %s; the other functions are, and what is wrong is told by name',
    async (_, wrong, problems) => {
      const { functions, told } = await appUnder({ ...SETTINGS, ...wrong });
      expect(functions.map(({ name }) => name)).toEqual(['productWebhook', 'health', 'productEventHub']);
      expect(told).toEqual(problems.map((problem) => expect.stringContaining(problem)));
      expect(told.join()).not.toContain('kafka-password-of-the-tests');
    },
  );
});

describeKafka('the local stack', { timeout: 90_000 }, () => {
  async function testStack(options: StackOptions): Promise<TestStack> {
    const stack = await startTestStack(options);
    onTestFinished(() => stack.close());
    return stack;
  }

  const record = (ProductID: string, type: string = PRODUCT_UPDATED, Name: unknown = 'Bar Grinder') => ({
    key: ProductID,
    value: JSON.stringify({ ProductID, Name }),
    headers: { type },
  });
  const outcomes = ({ logLines }: TestStack) =>
    logLines.flatMap((line) => /"outcome":"([\w-]+)"/.exec(line)?.[1] ?? []).sort();

  it('takes messages from the broker to documents, bad ones to dead letters, and a null value nowhere', async () => {
    const broker = await kafkaBroker();
    const stack = await testStack({ kafka: broker.address });
    expect(stack.kafka).toEqual({
      ...{ brokers: broker.address, topic: 'products', consumerGroup: 'ordercloud-product-sync' },
      isLocal: true,
    });
    await broker.publish([
      record('GRINDER'),
      record('KETTLE'),
      record('POISON', PRODUCT_UPDATED, ['no name']),
      { key: 'NOTHING', value: 'not JSON', headers: { type: PRODUCT_UPDATED } },
      { key: 'GRINDER', value: null },
      record('ORDER', 'sitecore.ordercloud.messages.order.submitted'),
      record('KETTLE', PRODUCT_DELETED),
    ]);
    await expect.poll(() => outcomes(stack).length, TIME).toBe(7);
    expect(outcomes(stack)).toEqual(
      expect.arrayContaining(['created', 'dead-lettered', 'dead-lettered', 'deleted', 'ignored', 'ignored']),
    );
    expect(await stack.product('GRINDER')).toMatchObject({
      name: 'Bar Grinder',
      sync: {
        transport: 'kafka',
        stream: expect.stringMatching(/^kafka\/products\/[0-3]$/),
        sequence: expect.any(Number),
      },
    });
    expect(await stack.product('KETTLE')).toMatchObject({ deleted: true });
  });

  it('is named by the settings, beside an event hub whose messages come by its Kafka endpoint', async () => {
    const broker = await kafkaBroker();
    const env = { KAFKA_BROKERS: broker.address, KAFKA_TOPIC: 'catalog', KAFKA_CONSUMER_GROUP: 'shop' };
    const stack = await testStack({ env, eventHubs: true });
    await broker.publish([record('GRINDER')], 'catalog');
    await expect.poll(() => stack.product('GRINDER'), TIME).toMatchObject({ name: 'Bar Grinder' });
    await expect.poll(() => broker.committed('shop', 'catalog'), TIME).not.toEqual({});

    // A header of a Kafka producer is bytes in AMQP.
    const { connectionString = '', hub = '' } = stack.eventHubs ?? {};
    const producer = new EventHubProducerClient(connectionString, hub);
    const properties = { type: Buffer.from(PRODUCT_DELETED) };
    await producer.sendBatch([{ body: Buffer.from('{"ProductID":"GRINDER"}'), properties }]);
    await producer.close();
    await expect.poll(() => stack.product('GRINDER'), TIME).toMatchObject({ deleted: true });
  });

  it('holds its records while Cosmos DB is away, and dead-letters none because of it', async () => {
    let isAway = false;
    const cosmos = await startTestCosmos();
    onTestFinished(() => cosmos.close());
    const proxy = await startFaultyProxy(cosmos.endpoint, () =>
      isAway ? { kind: 'status', status: 503 } : undefined,
    );
    onTestFinished(() => proxy.close());
    const broker = await kafkaBroker();
    const stack = await testStack({
      kafka: broker.address,
      env: { COSMOS_CONNECTION_STRING: cosmos.connectionString.replace(cosmos.endpoint, proxy.url) },
    });
    await broker.publish([record('BEFORE')]);
    await expect.poll(() => stack.product('BEFORE'), TIME).toBeDefined();
    const before = await broker.committed('ordercloud-product-sync');
    isAway = true;
    await broker.publish(Array.from({ length: 100 }, (_, index) => record(`DURING-${index}`)));
    const tries = proxy.calls + 100;
    await expect.poll(() => proxy.calls, { timeout: 60_000 }).toBeGreaterThanOrEqual(tries);
    expect(await broker.committed('ordercloud-product-sync')).toEqual(before);
    isAway = false;
    await expect
      .poll(
        async () => {
          const { resources } = await cosmos.products.items.query('SELECT VALUE c.id FROM c').fetchAll();
          return resources.length;
        },
        { timeout: 60_000 },
      )
      .toBe(101);
    const kept = await cosmos.deadLetters.items.query('SELECT VALUE c.reason FROM c').fetchAll();
    expect(kept.resources).toEqual([]);
  });

  it('fetches as host.json says', async () => {
    const app = await bundleBatchApp('Kafka');
    onTestFinished(() => app.remove());
    const kafka = { maxBatchSize: 2, commitOnFailure: false, maxRetries: 1 };
    await writeFile(join(app.folder, 'host.json'), JSON.stringify({ version: '2.0', extensions: { kafka } }));
    const broker = await kafkaBroker();
    const { log, ...hostLog } = new HostLog();
    const stack = await startStack({
      ...{ folder: app.folder, port: 0, userSettings: false, eventHubs: false, log },
      kafka: broker.address,
    });
    onTestFinished(() => stack.close());
    await broker.publish(['a', 'b', wish('c', { failures: 9 })].map((value) => ({ value, partition: 0 })));
    await expect.poll(() => hostLog.calls.map(({ bodies }) => bodies.length), TIME).toEqual([2, 2, 1, 1]);
  });
});

describeKafka('npm start -- --kafka', { timeout: 60_000 }, () => {
  it('says what it reads, and ends at once with a batch in flight', async () => {
    const app = await bundleBatchApp('Kafka');
    onTestFinished(() => app.remove());
    const broker = await kafkaBroker();
    const started = startLocalStack(app.folder, '--port', '0', '--no-event-hubs', '--kafka', broker.address);
    await started.printed(/Kafka {6}topic "products" at 127\.0\.0\.1:\d+, consumer group "/);
    await started.printed(/npm run send -- --via kafka samples --brokers 127\.0\.0\.1:\d+\n/);
    await broker.publish([{ value: wish('kept', { gate: 'never' }), partition: 0 }]);
    await started.printed(/receive: call \{"when":"begin"/);
    const asked = performance.now();
    started.signal('SIGINT');
    expect((await started.ended).code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(3_000);
    await started.gone();
  });

  it('refuses what names no broker', async () => {
    const app = await bundleBatchApp('Kafka');
    onTestFinished(() => app.remove());
    const { code, stderr } = await startLocalStack(app.folder, '--kafka', 'localhost').ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining('It must be HOST:PORT')]);
  });
});
