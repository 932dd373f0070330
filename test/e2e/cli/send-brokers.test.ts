import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaTransport } from '../../../cli/send/kafka.ts';
import { type SendFlags, sendFiles } from '../../../cli/send/run.ts';
import { sendAll } from '../../../cli/send/send-all.ts';
import { localEventHubsConnectionString } from '../../../local/defaults.ts';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../../support/deliveries.ts';
import { describeKafka, hasKcat, type KafkaBroker, startKafkaBroker } from '../../support/kafka-broker.ts';
import { type Options, runAt } from '../../support/run-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { consume, receive, startBroker, until } from '../event-hubs/sdk-clients.ts';

/** Replays a folder of four messages by a broker: a payload, an envelope, one that is no object, one that is no JSON. */
async function sendMessages(
  flags: Partial<SendFlags> & Pick<SendFlags, 'via'>,
  options: Partial<Options> = {},
) {
  const folder = await temporaryFolder({
    'a.json': '{ "ProductID": "AEROPRESS-GO" }',
    'b.json': '[{"Headers":{"type":"other.type.here"},"Payload":{}}, 7]',
    'c.json': 'nonsense',
  });
  const usual = { type: PRODUCT_DELETED, repeat: 1, concurrency: 1 };
  const { exitCode, error, stdout } = await runAt({ env: {}, folder, ...options }, (at) =>
    sendFiles(['.'], { ...usual, ...flags }, at),
  );
  return { exitCode: error ?? exitCode, output: stdout };
}

const run = (flags: Partial<SendFlags>, options?: Parameters<typeof sendMessages>[1]) =>
  sendMessages({ via: 'eventhub', ...flags }, options);

describe('send by Event Hub', () => {
  it('sends each message as its file has it, and says where its outcome shows', async () => {
    const broker = await startBroker();
    const { exitCode, output } = await run({}, { env: { EventHubConnection: broker.connectionString } });
    expect(exitCode).toBe(0);
    expect(output).toContain('│ sent    │        4 │');
    expect(output).toContain('ordercloud-product-sync dead-letters list');
    const events = await receive(consume(broker, { skipParsingBodyAsJson: true }), 4);
    const told = events.map(({ event }) => [event.body.toString(), event.properties?.type]);
    expect(told.sort()).toEqual([
      ['7', undefined],
      ['nonsense', undefined],
      ['{ "ProductID": "AEROPRESS-GO" }', PRODUCT_DELETED],
      ['{"Headers":{"type":"other.type.here"},"Payload":{}}', 'other.type.here'],
    ]);
  });

  it('repeats, side by side, and prints one JSON object without a key', async () => {
    const broker = await startBroker();
    const { exitCode, output } = await run({
      connectionString: broker.connectionString,
      json: true,
      repeat: 5,
      concurrency: 4,
    });
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      url: `sb://127.0.0.1:${broker.port}/products`,
      planned: 20,
      sent: 20,
      outcomes: { sent: 20 },
    });
    expect(output).not.toContain('SharedAccess');
    await receive(consume(broker), 20);
  });

  it('says how to start the stack when nothing listens, once for a thousand messages', async () => {
    const broker = await startBroker();
    await broker.close();
    const { exitCode, output } = await run({
      connectionString: localEventHubsConnectionString(broker.port),
      repeat: 1000,
    });
    const address = `sb://127.0.0.1:${broker.port}/products`;
    expect(exitCode).toBe(`Nothing listens at ${address}. Start the local stack with: npm start`);
    expect(output).toBe('');
  });

  it('names the hub that there is not', async () => {
    const broker = await startBroker();
    const { exitCode } = await run({ connectionString: broker.connectionString, hub: 'orders' });
    expect(exitCode).toBe(`Cannot reach sb://127.0.0.1:${broker.port}/orders: there is no such hub.`);
  });

  it('stops when interrupted, and tells what was sent', async () => {
    const broker = await startBroker();
    const interrupt = new AbortController();
    const running = run({ connectionString: broker.connectionString, repeat: 1_000_000 }, { interrupt });
    await receiveAtLeastOne(broker);
    interrupt.abort();
    const { exitCode, output } = await running;
    expect(exitCode).toBe(130);
    expect(output).toMatch(/Stopped after [\d,]+ of 4,000,000 messages/);
  });
});

async function receiveAtLeastOne(broker: { connectionString: string }): Promise<void> {
  const consumer = consume(broker);
  await until(() => consumer.events.length > 0);
}

describe('by Kafka', () => {
  let broker: KafkaBroker;
  beforeAll(async () => {
    if (hasKcat) broker = await startKafkaBroker();
  });
  afterAll(() => broker?.close());

  const run = (flags: Partial<SendFlags>, env: NodeJS.ProcessEnv = {}) =>
    sendMessages({ via: 'kafka', ...flags }, { env });

  type Told = { partition: number; key: string | null; headers?: string[]; payload: string };

  /** All records of a topic, as kcat reads them. */
  async function recordsIn(topic: string): Promise<Told[]> {
    const flags = ['-b', broker.address, '-C', '-t', topic, '-q', '-e', '-o', 'beginning', '-J'];
    const { stdout } = await promisify(execFile)('kcat', flags, { timeout: 20_000 });
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Told);
  }

  describeKafka('send by Kafka', { timeout: 60_000 }, () => {
    it('sends each message as its file has it, with its type as a header and its product as key', async () => {
      const { exitCode, output } = await run({ brokers: broker.address, topic: 'as-it-is' });
      expect(exitCode).toBe(0);
      expect(output).toContain('│ sent    │        4 │');
      expect(output).toContain('ordercloud-product-sync dead-letters list');
      const records = await recordsIn('as-it-is');
      const told = records.map(({ key, headers, payload }) => [payload, key, headers]);
      expect(told.sort()).toEqual([
        ['7', null, undefined],
        ['nonsense', null, undefined],
        ['{ "ProductID": "AEROPRESS-GO" }', 'AEROPRESS-GO', ['type', PRODUCT_DELETED]],
        ['{"Headers":{"type":"other.type.here"},"Payload":{}}', null, ['type', 'other.type.here']],
      ]);
    });

    it('keeps the records of a product in one partition, in order', async () => {
      const topic = 'keyed';
      const transport = kafkaTransport({ brokers: broker.address, topic, type: PRODUCT_UPDATED }, {});
      const messages = [...Array(12).keys()].map((version) => {
        return { source: 'a.json', body: Buffer.from(JSON.stringify({ ProductID: 'MUG', version })) };
      });
      expect(await sendAll({ transport, messages })).toMatchObject({ outcomes: { sent: 12 } });
      await transport.close?.();
      const records = await recordsIn(topic);
      expect(new Set(records.map(({ partition }) => partition)).size).toBe(1);
      expect(records.map(({ payload }) => JSON.parse(payload).version)).toEqual([...Array(12).keys()]);
    });

    it('repeats, side by side, finds the broker among the settings, and prints one JSON object', async () => {
      const env = { KAFKA_BROKERS: broker.address, KAFKA_TOPIC: 'repeated' };
      const { exitCode, output } = await run({ json: true, repeat: 5, concurrency: 4 }, env);
      expect(exitCode).toBe(0);
      expect(JSON.parse(output)).toMatchObject({
        url: `kafka://${broker.address}/repeated`,
        planned: 20,
        outcomes: { sent: 20 },
      });
      expect(await recordsIn('repeated')).toHaveLength(20);
    });
  });

  it('says that nothing listens, once for a thousand messages', async () => {
    const { exitCode, output } = await run({ brokers: '127.0.0.1:1', repeat: 1000 });
    expect(exitCode).toBe('Nothing listens at kafka://127.0.0.1:1/products. Is the broker running?');
    expect(output).toBe('');
  });
});
