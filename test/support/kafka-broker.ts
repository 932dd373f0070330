import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Message, Partitioners } from 'kafkajs';
import { describe } from 'vitest';
import { createKafkaClient } from '../../local/kafka-client.ts';

// The broker of the tests: the one that librdkafka brings for its own tests, which `kcat` starts. It speaks Kafka's
// protocol, keeps everything in memory, and makes each topic with four partitions when it is first asked for. Of a
// partition it keeps 5 MiB, and then silently drops the oldest.

export const hasKcat = spawnSync('kcat', ['-V']).status === 0;
if (!hasKcat && process.env.CI) {
  throw new Error('kcat is missing, and with CI set the tests against Kafka must run: see .ci/run.');
}
if (!hasKcat) console.warn('Tests against Kafka are skipped: they need kcat (apt-get install kcat).');

/** `describe` for tests that need the broker; without kcat they are skipped, but never in CI. */
export const describeKafka = describe.skipIf(!hasKcat);

export type KafkaBroker = Awaited<ReturnType<typeof startKafkaBroker>>;

/** Starts an empty broker on a free port. */
export async function startKafkaBroker() {
  const child = spawn(
    'kcat',
    ['-b', 'unused', '-X', 'test.mock.num.brokers=1', '-C', '-t', 'keepalive', '-d', 'mock'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  // A test that fails half-way must leave nothing behind either.
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const port = await portIn(createInterface({ input: child.stderr }));
  const address = `127.0.0.1:${port}`;
  const kafka = createKafkaClient({ brokers: [address], user: undefined }, {});
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const admin = kafka.admin();
  await Promise.all([producer.connect(), admin.connect()]);
  return {
    /** HOST:PORT. */
    address,
    port,
    async publish(records: readonly Message[], topic = 'products') {
      await producer.send({ topic, messages: [...records] });
    },
    /** Where a group has come to, by partition; those without a committed offset are left out. */
    async committed(groupId: string, topic = 'products'): Promise<Record<string, number>> {
      const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
      return Object.fromEntries(
        (offsets?.partitions ?? [])
          .filter(({ offset }) => offset !== '-1')
          .map(({ partition, offset }) => [partition, Number(offset)]),
      );
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      await Promise.all([producer.disconnect(), admin.disconnect()]);
      process.off('exit', killAtExit);
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

/** Its lines are read on to the end: a process whose output nobody takes stops. */
function portIn(lines: ReturnType<typeof createInterface>): Promise<number> {
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const port = /bootstrap\.servers=127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    lines.once('close', () => reject(new Error('kcat ended at its start')));
  });
}
