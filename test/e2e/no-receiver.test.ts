import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventHubProducerClient } from '@azure/event-hubs';
import { ContainerClient } from '@azure/storage-blob';
import { expect, it, onTestFinished } from 'vitest';
import { readUserSettings } from '../../local/settings.ts';
import { marked, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { startLocalStack } from '../support/run-program.ts';
import { startTestStack } from '../support/stack.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// `npm start -- --no-receiver`: the servers alone, for an app that something else runs, such as Core Tools.

async function start(files: Record<string, string> = {}) {
  const folder = await temporaryFolder(files);
  const started = startLocalStack(folder, '--no-receiver');
  onTestFinished(async () => {
    started.signal('SIGINT');
    await started.ended;
  });
  const [text] = await started.printed(/[\s\S]*Ctrl-C stops/);
  const file = await readFile(join(folder, 'local.settings.json'), 'utf8');
  const { Values: values } = JSON.parse(file) as { Values: Record<string, string> };
  return { folder, text, file, values };
}

it('writes settings on which the app runs, with the trigger of Event Hubs and its checkpoints', async () => {
  const { text, values: env } = await start();
  expect(text).toContain('local.settings.json is new');
  expect(text).toContain('  func start\n');
  const stack = await startTestStack({ env, eventHubs: true });
  onTestFinished(() => stack.close());
  // Another process brought them all.
  expect(stack).toMatchObject({ cosmos: undefined, eventHubs: { isLocal: false } });
  const producer = new EventHubProducerClient(env.EventHubConnection ?? '', 'products');
  onTestFinished(() => producer.close());
  const body = Buffer.from(JSON.stringify(marked({ ProductID: 'GRINDER', Name: 'Bar Grinder' })));
  await producer.sendBatch([{ body, properties: { type: PRODUCT_UPDATED } }]);
  await expect
    .poll(() => stack.product('GRINDER'), { timeout: 15_000 })
    .toMatchObject({ name: 'Bar Grinder' });
  const checkpoints = new ContainerClient(env.AzureWebJobsStorage ?? '', 'azure-webjobs-eventhub');
  expect(await checkpoints.exists()).toBe(true);
}, 40_000);

it("names all of Azurite's services, each of which answers", async () => {
  const { values } = await start();
  const storage = values.AzureWebJobsStorage ?? '';
  const endpoints = [...storage.matchAll(/(\w+)Endpoint=([^;]+)/g)].map(([, name, url = '']) => ({
    name,
    url,
  }));
  expect(endpoints.map(({ name }) => name)).toEqual(['Blob', 'Queue', 'Table']);
  for (const { url } of endpoints) expect((await fetch(url)).headers.get('server')).toContain('Azurite');
});

it('leaves a file that is there as it is, and says what it needs', async () => {
  const theirs = '{ "Values": { "COSMOS_DATABASE": "shop", "ORDERCLOUD_WEBHOOK_SECRETS": "roast-1" } }';
  const { text, file } = await start({ 'local.settings.json': theirs });
  expect(file).toBe(theirs);
  expect(text).toContain('local.settings.json stays as it is');
  expect(text).toContain('"EventHubConnection": "Endpoint=sb://127.0.0.1:');
  expect(text).toContain('database "shop"');
  expect(text).not.toContain('roast-1');
});

it('writes a file that a later start with the receiver does not take for an account', async () => {
  const { folder } = await start();
  expect(Object.keys(await readUserSettings(folder))).toEqual([
    'FUNCTIONS_WORKER_RUNTIME',
    'AzureWebJobsStorage',
    'ORDERCLOUD_WEBHOOK_SECRETS',
  ]);
});
