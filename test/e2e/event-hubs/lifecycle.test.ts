import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { consume, numbers, producerOf, receive, startBroker } from './sdk-clients.ts';

const BROKER_MODULE = new URL('../../../local/event-hubs/broker.ts', import.meta.url).href;

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Runs TypeScript modules in a process of their own. */
function spawnModule(source: string, ...parameters: string[]): Child {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', source, ...parameters],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function connectionStringOf(child: Child): Promise<string> {
  const [text] = await once(child.stdout, 'data');
  return String(text);
}

describe('stopping', () => {
  test('takes less than a second with connected clients, and a producer finds a new broker at the same port', async () => {
    const broker = await startBroker();
    const producer = producerOf(broker);
    const consumer = consume(broker);
    await producer.sendBatch([{ body: 'before' }], { partitionId: '1' });
    await receive(consumer, 1);
    const started = performance.now();
    await broker.close();
    expect(performance.now() - started).toBeLessThan(1_000);
    const again = await startBroker({ port: broker.port });
    // A send in the very moment of the disconnection fails in the SDK before anything is sent.
    await vi.waitFor(() => producer.sendBatch([{ body: 'after' }], { partitionId: '1' }), {
      timeout: 10_000,
    });
    expect(again.connectionString).toBe(broker.connectionString);
    expect((await receive(consume(again), 1)).map(({ event }) => event.body)).toEqual(['after']);
  });

  test('takes less than a second with clients that do not answer', async () => {
    const broker = await startBroker();
    const silent = connect(broker.port, '127.0.0.1');
    silent.on('error', () => {});
    onTestFinished(() => void silent.destroy());
    await once(silent, 'connect');
    silent.write(Buffer.from('AMQP\x00\x01\x00\x00'));
    await once(silent, 'data');
    const started = performance.now();
    await Promise.all([broker.close(), broker.close()]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('leaves nothing that keeps the process alive', async () => {
    const child = spawnModule(`
      import { startEventHubsBroker } from ${JSON.stringify(BROKER_MODULE)};
      import { EventHubProducerClient } from '@azure/event-hubs';
      const broker = await startEventHubsBroker({ hub: { name: 'products', partitionCount: 2 } });
      const producer = new EventHubProducerClient(broker.connectionString, 'products');
      await producer.sendBatch([{ body: 1 }]);
      await producer.close();
      await broker.close();
    `);
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  test('leaves no timer of a connection that was cut off', async () => {
    const child = spawnModule(`
      import { startEventHubsBroker } from ${JSON.stringify(BROKER_MODULE)};
      const broker = await startEventHubsBroker({ hub: { name: 'products', partitionCount: 2 } });
      process.stdout.write(broker.connectionString);
      process.stdin.once('data', () => {
        broker.dropConnections();
        process.stdout.write('dropped');
        process.stdin.once('data', async () => {
          process.stdin.destroy();
          await broker.close();
        });
      });
    `);
    const exited = once(child, 'exit');
    const connectionString = await connectionStringOf(child);
    await producerOf({ connectionString }).sendBatch(numbers(1));
    child.stdin.write('drop');
    await once(child.stdout, 'data');
    child.stdin.write('close');
    const [code] = await exited;
    expect(code).toBe(0);
  });
});

describe('starting', () => {
  test('on a port in use fails', async () => {
    const { port } = await startBroker();
    await expect(startBroker({ port })).rejects.toThrow(`Port ${port} is taken.`);
  });
});
