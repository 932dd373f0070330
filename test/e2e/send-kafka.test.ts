import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kafkaTransport } from '../../cli/send/kafka.ts';
import type { SendFlags } from '../../cli/send/run.ts';
import { sendAll } from '../../cli/send/send-all.ts';
import { PRODUCT_DELETED, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { describeKafka, hasKcat, type KafkaBroker, startKafkaBroker } from '../support/kafka-broker.ts';
import { sendMessages } from './cli/send-messages.ts';

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
