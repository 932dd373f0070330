import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EventData, EventHubProducerClient } from '@azure/event-hubs';
import { ContainerClient } from '@azure/storage-blob';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PortTakenError } from '../../../local/listen.ts';
import { type StackOptions, startStack } from '../../../local/stack.ts';
import { marked, PRODUCT_UPDATED } from '../../support/deliveries.ts';
import { bundleBatchApp } from '../../support/fixture-app/bundle-app.ts';
import { HostLog } from '../../support/fixture-app/host-log.ts';
import { startLocalStack } from '../../support/run-program.ts';
import { startTestStack, type TestStack } from '../../support/stack.ts';
import { event, useAzurite } from './stage.ts';

const { stage, connectionString: storage } = useAzurite();

describe('the local stack', () => {
  async function testStack(options: StackOptions = {}): Promise<TestStack> {
    const stack = await startTestStack({ eventHubs: true, ...options });
    onTestFinished(() => stack.close());
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
      AzureWebJobsStorage: storage(),
      COSMOS_DATABASE: 'other',
    };
    expect(connectionString).not.toBe(set.connectionString);
    const stack = await testStack({ env });
    expect(stack.eventHubs).toMatchObject({ connectionString: set.connectionString, isLocal: false });
    await set.publish([update('ELSEWHERE')]);
    await expect.poll(() => stack.product('ELSEWHERE'), TIME).toBeDefined();
    const container = new ContainerClient(storage(), 'azure-webjobs-eventhub');
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
    expect(process.env.EventHubConnection).toBeUndefined();
  });

  it('gives as many events at a time as host.json says', async () => {
    const app = await bundleBatchApp('EventHub');
    onTestFinished(() => app.remove());
    const hostJson = { version: '2.0', extensions: { eventHubs: { maxEventBatchSize: 2 } } };
    await writeFile(join(app.folder, 'host.json'), JSON.stringify(hostJson));
    const { log, ...hostLog } = new HostLog();
    const stack = await startStack({ folder: app.folder, port: 0, userSettings: false, log });
    onTestFinished(() => stack.close());
    await send(
      stack,
      ['a', 'b', 'c', 'd', 'e'].map((text) => event(text)),
    );
    await expect.poll(() => hostLog.calls.filter(({ when }) => when === 'end').length, TIME).toBe(3);
    expect(hostLog.calls.map(({ bodies }) => bodies.length)).toEqual([2, 2, 2, 2, 1, 1]);
  });

  it('says in one line what a person can fix', async () => {
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
    const app = await bundleBatchApp('EventHub');
    onTestFinished(() => app.remove());
    const started = startLocalStack(app.folder, '--port', '0', '--event-hubs-port', '0');
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
