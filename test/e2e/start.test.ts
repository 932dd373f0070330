import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { EventHubProducerClient } from '@azure/event-hubs';
import { ContainerClient } from '@azure/storage-blob';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LOCAL_WEBHOOK_SECRET } from '../../local/defaults.ts';
import { readUserSettings } from '../../local/settings.ts';
import { type StackOptions, startStack } from '../../local/stack.ts';
import { StartError } from '../../local/start-error.ts';
import { marked, PRODUCT_UPDATED } from '../support/deliveries.ts';
import { type BundledApp, bundleApp } from '../support/fixture-app/bundle-app.ts';
import { answerTo, openPost } from '../support/http-client.ts';
import { startLocalStack } from '../support/run-program.ts';
import { startTestStack } from '../support/stack.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let app: BundledApp;
let takenPort: number;

beforeAll(async () => {
  app = await bundleApp();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  takenPort = (taken.address() as AddressInfo).port;
  return async () => {
    taken.close();
    await app.remove();
  };
});

describe('npm start', () => {
  const COSMOS_LINE =
    /Cosmos DB {2}(http:\/\/\S+), database "catalog", containers "products" and "dead-letters"/;

  let project: BundledApp;

  beforeAll(async () => {
    project = await bundleApp();
    return () => project.remove();
  });

  const writeSettings = (text: string) => writeFile(join(project.folder, 'local.settings.json'), text);

  it('says what runs where, and ends at once on Ctrl-C', async () => {
    await writeSettings('{ "Values": { "FIXTURE_SAYS_BYE": "1", "COSMOS_CONNECTION_STRING": "" } }');
    const started = startLocalStack(project.folder, '--port', '0');
    const [, webhook] = await started.printed(
      /Webhook {4}POST (http:\/\/127\.0\.0\.1:\d+\/api)\/webhooks\/products\n/,
    );
    const [, cosmos] = await started.printed(COSMOS_LINE);
    await started.printed(/npm run send -- samples --url http.*products\n/);
    expect((await fetch(`${webhook}/health`)).status).toBe(200);
    const headers = { authorization: 'any' };
    expect((await fetch(`${cosmos}/dbs/catalog/colls/dead-letters`, { headers })).status).toBe(200);

    // A connection that idles and an invocation that waits for its body hold nothing up.
    openPost(`${webhook}/readBody`).write('half');
    await started.printed(/readBody: reading/);
    const asked = performance.now();
    started.signal('SIGINT');
    const { code, stdout, stderr } = await started.ended;
    expect(performance.now() - asked).toBeLessThan(2_000);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('    at process') });
    expect(stdout).toContain('bye, started true');
    await started.gone();
  });

  it('lets a request under way finish on SIGTERM, takes no other, and then ends', async () => {
    await writeSettings('{ "Values": { "FIXTURE_SAYS_BYE": "1" } }');
    const started = startLocalStack(project.folder, '--port', '0');
    const [, webhook] = await started.printed(/Webhook {4}POST (\S+)\/webhooks\/products/);
    const post = openPost(`${webhook}/readBody`);
    post.write('half');
    await started.printed(/readBody: reading/);
    started.signal('SIGTERM');
    await vi.waitFor(() => expect(fetch(`${webhook}/health`)).rejects.toThrow('fetch failed'));
    const answer = answerTo(post);
    post.end('whole');
    expect((await answer).status).toBe(204);
    expect(await started.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('bye') });
  });

  it('dies of an unhandled rejection in the app, as the worker in Azure does', async () => {
    await writeSettings('{}');
    const started = startLocalStack(project.folder, '--port', '0');
    const [, webhook] = await started.printed(/Webhook {4}POST (\S+)\/webhooks\/products/);
    await fetch(`${webhook}/reject`, { method: 'POST' }).catch(() => 'cut off');
    const { code, stderr } = await started.ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('rejected on purpose') });
  });

  it.each([
    [
      'a flag that is no number',
      '{}',
      ['--port', 'x'],
      2,
      /^error: option '--port <n>' argument 'x' is invalid/,
    ],
    ['a port that is taken', '{}', ['--port', 'taken'], 1, /^error: Port \d+ is taken\..*\n$/],
    [
      'settings that are not JSON',
      '{ "A": oops }',
      [],
      1,
      /^error: local\.settings\.json is not valid JSON\.\n$/,
    ],
  ] as const)('ends with one line for %s', async (_case, settings, args, exitCode, message) => {
    await writeSettings(settings);
    const taken = (arg: string) => (arg === 'taken' ? String(takenPort) : arg);
    const started = startLocalStack(project.folder, ...args.map(taken));
    const { code, stdout, stderr } = await started.ended;
    expect({ code, stdout, stderr }).toEqual({
      code: exitCode,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
  });
});

describe('the local stack', () => {
  it('starts no Cosmos DB and creates nothing when the settings name an account', async () => {
    const env = {
      COSMOS_CONNECTION_STRING: 'AccountEndpoint=http://127.0.0.1:1/;AccountKey=a2V5LW9mLXRoZS10ZXN0cw==;',
    };
    const stack = await startStack({ folder: app.folder, port: 0, userSettings: false, env, log() {} });
    expect(stack.cosmos).toBeUndefined();
    expect(stack.cosmosSettings.access).toEqual({
      endpoint: 'http://127.0.0.1:1/',
      key: 'a2V5LW9mLXRoZS10ZXN0cw==',
    });
    await stack.close();
  });

  it('leaves the settings of the process as they were, and takes none of them unless it may', async () => {
    vi.stubEnv('COSMOS_ENDPOINT', 'https://real.documents.azure.com');
    const stack = await startStack({ folder: app.folder, port: 0, userSettings: false, log() {} });
    expect(process.env.COSMOS_ENDPOINT).toBeUndefined();
    expect(process.env.COSMOS_CONNECTION_STRING).toBe(stack.cosmos?.connectionString);
    expect(process.env.ORDERCLOUD_WEBHOOK_SECRETS).toBe(LOCAL_WEBHOOK_SECRET);
    await stack.close();
    expect(process.env.COSMOS_ENDPOINT).toBe('https://real.documents.azure.com');
    expect(process.env.COSMOS_CONNECTION_STRING).toBeUndefined();
    vi.unstubAllEnvs();
  });

  it('says in one line what a person can mend', async () => {
    const project = await bundleApp();
    const { folder } = project;
    const failure = async (options: StackOptions, settings: string) => {
      await writeFile(join(folder, 'local.settings.json'), settings);
      const error: unknown = await startStack({ folder, port: 0, log() {}, ...options }).catch(
        (reason) => reason,
      );
      expect(error).toBeInstanceOf(StartError);
      return (error as StartError).message;
    };
    expect(await failure({ cosmosPort: takenPort }, '{}')).toContain(
      `npm start -- --cosmos-port ${takenPort + 1}`,
    );
    expect(await failure({}, '{ "Values": { "A": 1 } }')).toContain(
      'Values.A: Invalid input: expected string',
    );
    expect(await failure({}, '{ "IsEncrypted": true }')).toContain('IsEncrypted');
    expect(await failure({}, '{ "Values": { "MAX_BODY_BYTES": "x" } }')).toContain('MAX_BODY_BYTES');
    await rm(project.entry);
    expect(await failure({}, '{}')).toBe('dist/main.cjs is missing. Build it: npm run build');
    await project.remove();
  });
});

describe('npm start -- --no-receiver: the servers alone, for an app that something else runs', () => {
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
});
