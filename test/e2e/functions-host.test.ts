import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type FunctionsHost, startFunctionsHost } from '../../local/functions-host/host.ts';
import { startWorker } from '../../local/functions-host/worker.ts';
import { PortTakenError } from '../../local/listen.ts';
import { LOCAL_WEBHOOK_SECRET } from '../../local/local-webhook-secret.ts';
import { type StackOptions, startStack } from '../../local/stack.ts';
import { StartError } from '../../local/start-error.ts';
import { type BundledApp, bundleApp } from '../support/fixture-app/bundle-app.ts';
import { startBelowShell, startProcess } from '../support/fixture-app/child-process.ts';
import { answerTo, openPost, sendThenRead } from '../support/fixture-app/http-client.ts';
import { startLogBook } from '../support/fixture-app/log-book.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let app: BundledApp;
let host: FunctionsHost;
let logs = startLogBook();

beforeAll(async () => {
  app = await bundleApp();
  host = await startFunctionsHost({ entry: app.entry, port: 0, log: (entry) => logs.log(entry) });
  return async () => {
    await host.close();
    await app.remove();
  };
});

const api = (path: string) => `${host.url}/api/${path}`;

function* chunks(count: number, size: number) {
  const chunk = Buffer.alloc(size);
  for (let sent = 0; sent < count; sent += 1) yield chunk;
}

function freshLogs() {
  logs = startLogBook();
  return logs;
}

describe('a request body', () => {
  it('reaches the app byte for byte', async () => {
    const body = randomBytes(3_000_000);
    const response = await fetch(api('digest'), { method: 'POST', body });
    expect(await response.json()).toEqual({ length: body.length, sha256: sha256(body) });
  });

  it.each(['POST', 'DELETE'])(
    'reaches the app when it is chunked, without a Content-Length (%s)',
    async (method) => {
      const parts = [randomBytes(70_000), randomBytes(1), randomBytes(500_000)];
      const post = openPost(api('digest'), { method, headers: { 'transfer-encoding': 'chunked' } });
      for (const part of parts) post.write(part);
      post.end();
      const whole = Buffer.concat(parts);
      expect(JSON.parse((await answerTo(post)).text)).toEqual({
        length: whole.length,
        sha256: sha256(whole),
      });
    },
  );

  it('may be missing', async () => {
    const response = await fetch(api('digest'), { method: 'POST' });
    expect(await response.json()).toMatchObject({ length: 0 });
  });

  it('streams: the answer to the first part arrives before the second is sent', async () => {
    const post = openPost(api('echo'));
    const responded = once(post, 'response');
    post.write('first');
    const [response] = await responded;
    const [first] = await once(response, 'data');
    expect(String(first)).toBe('first');
    post.end();
    await once(response, 'end');
  });
});

describe('routes', () => {
  it('give parameters, query and headers to the app, and status, headers, cookies and JSON to the client', async () => {
    const response = await fetch(api('shelves/left%20one/items/42?x=1&x=2'), {
      headers: { 'x-color': 'red' },
    });
    expect(response.status).toBe(203);
    expect(response.headers.get('x-answer')).toBe('yes');
    expect(response.headers.getSetCookie()).toEqual(['seen=1']);
    expect(await response.json()).toEqual({
      url: api('shelves/left%20one/items/42?x=1&x=2'),
      params: { shelf: 'left one', id: '42' },
      query: [
        ['x', '1'],
        ['x', '2'],
      ],
      color: 'red',
    });
  });

  it('match without case and with a trailing slash, and need no optional parameter', async () => {
    const response = await fetch(`${host.url}/API/Shelves/Left/ITEMS/`);
    expect(await response.json()).toMatchObject({ params: { shelf: 'Left' } });
  });

  it('prefer literal segments to parameters', async () => {
    expect(await (await fetch(api('shelves/top/items/newest'))).text()).toBe('newest');
  });

  it.each([
    ['an unknown path', 'GET', 'api/nowhere'],
    ['a path without the prefix', 'GET', 'newest'],
    ['a method that the function does not take', 'DELETE', 'api/boom'],
  ])('answer 404 to %s', async (_case, method, path) => {
    expect((await fetch(`${host.url}/${path}`, { method })).status).toBe(404);
  });

  it('answer 400 to a path that is not ASCII', async () => {
    const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
    socket.end('GET /api/shelves/\u00e9/items HTTP/1.1\r\nHost: x\r\n\r\n', 'latin1');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('can have another prefix, or none', async () => {
    const other = await startFunctionsHost({ entry: app.entry, port: 0, routePrefix: '', log() {} });
    expect((await fetch(`${other.url}/shelves/top/items/newest`)).status).toBe(200);
    // Two hosts in one process, each with an app of its own.
    expect((await fetch(api('shelves/top/items/newest'))).status).toBe(200);
    await other.close();
  });

  it('are listed with the functions that have none', () => {
    expect(host.functions).toContainEqual({
      name: 'digest',
      type: 'httpTrigger',
      route: 'digest',
      methods: ['POST', 'DELETE'],
    });
    expect(host.functions).toContainEqual({ name: 'feed', type: 'eventHubTrigger' });
  });
});

describe('a handler', () => {
  it('that throws answers 500 and leaves its stack in the log', async () => {
    const { entry } = freshLogs();
    const response = await fetch(api('boom'));
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(await entry(/Error: boom on purpose\n {4}at /)).toMatchObject({
      level: 'error',
      functionName: 'boom',
    });
    expect(await entry(/^GET \/api\/boom → 500 in \d+ ms; the handler failed$/)).toMatchObject({
      level: 'error',
    });
  });

  it('that returns nothing answers 500 rather than never', async () => {
    expect((await fetch(api('nothing'))).status).toBe(500);
  });

  it('whose answer breaks off leaves the client with an error, not with half an answer', async () => {
    const response = await fetch(api('brokenStream')).then((answer) =>
      answer.arrayBuffer().then(() => answer.status),
    );
    expect(response).toBe(500);
  });

  it('may leave the body half read', async () => {
    const response = await fetch(api('leaveBodyHalfRead'), { method: 'POST', body: randomBytes(5_000_000) });
    expect(response.status).toBe(413);
  });

  it('runs beside another one', async () => {
    const both = await Promise.all([fetch(api('rendezvous')), fetch(api('rendezvous'))]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('runs between its hooks, and one line tells how it went, without the query', async () => {
    const { entry } = freshLogs();
    await fetch(api('shelves/a/items?code=function-key'));
    expect(await entry(/hooked/)).toMatchObject({
      category: 'user',
      level: 'debug',
      message: 'hooked true done',
    });
    const line = await entry(/→/);
    expect(line).toMatchObject({ level: 'information', functionName: 'item' });
    expect(line.message).toMatch(/^GET \/api\/shelves\/a\/items → 203 in \d+ ms$/);
  });
});

describe('an answer before the end of the body', () => {
  const answers = [
    ['refuseUnread', 413],
    ['refuseAfterReadingSome', 413],
    ['boom', 500],
    ['nowhere', 404],
  ] as const;
  const connections = ['close', 'keep-alive'];
  const cases = answers.flatMap(([path, status]) => connections.map((kind) => [path, status, kind] as const));

  it.each(cases)(
    'reaches a client that sends 50 MB before it reads: %s, %i, connection %s',
    async (path, status, connection) => {
      const headers = ['Content-Length: 50000000', `Connection: ${connection}`];
      const answer = await sendThenRead(api(path), headers, chunks(50, 1_000_000));
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    },
  );

  it('reaches a client that never stops sending', async () => {
    const post = openPost(api('refuseAfterReadingSome'));
    const sending = pipeline(chunks(Number.POSITIVE_INFINITY, 100_000), post).catch(() => 'stopped');
    expect(JSON.parse((await answerTo(post)).text)).toEqual({ title: 'too large' });
    post.destroy();
    expect(await sending).toBe('stopped');
  });

  it('leaves the connection fit for the next request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (const path of ['refuseUnread', 'boom', 'nowhere', 'digest']) {
      const post = openPost(api(path), { agent });
      post.end(Buffer.alloc(3_000_000));
      ports.add((await answerTo(post)).clientPort);
    }
    expect(ports.size).toBe(1);
    agent.destroy();
  });
});

describe('a client that goes away', () => {
  it('half-way makes the body fail in the app, and the invocation ends', async () => {
    const { entry } = freshLogs();
    const post = openPost(api('readBody'), { headers: { 'content-length': 1_000_000 } });
    post.write(Buffer.alloc(500_000));
    await entry(/^reading$/);
    post.destroy();
    expect(await entry(/^the body failed$/)).toMatchObject({ level: 'warning', functionName: 'readBody' });
    await entry(/^POST \/api\/readBody → client gone in \d+ ms$/);
  });

  it('at once leaves no invocation behind', async () => {
    // A host of its own, whose connections to the app have yet to be opened when the client is gone already.
    const { log, entry } = startLogBook();
    const other = await startFunctionsHost({ entry: app.entry, port: 0, log });
    const { hostname, port } = new URL(other.url);
    for (let count = 0; count < 20; count += 1) {
      const socket = connect(Number(port), hostname);
      socket.write('POST /api/readBody HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n', () =>
        socket.destroy(),
      );
    }
    await entry(/^the body failed$/, 20);
    await entry(/client gone/, 20);
    await other.close();
  });
});

describe('starting and closing', () => {
  it('names a port that is taken, and how to choose another', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const failure = await startFunctionsHost({ entry: app.entry, port, log() {} }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(PortTakenError);
    expect(String(failure)).toContain(
      `Port ${port} is taken. Stop what runs there or choose another: npm start -- --port ${port + 1}`,
    );
    taken.close();
  });

  it('refuses an app whose HTTP functions do not stream', async () => {
    const plain = await bundleApp(
      "import { app } from '@azure/functions'; app.http('a', { handler: () => ({ body: '' }) });",
    );
    await expect(startFunctionsHost({ entry: plain.entry, port: 0, log() {} })).rejects.toThrow(
      'enableHttpStream',
    );
    await plain.remove();
  });

  it('leaves nothing listening, and cuts what is still under way', async () => {
    const started = startLogBook();
    const other = await startFunctionsHost({ entry: app.entry, port: 0, log: started.log });
    const worker = await startWorker({ entry: app.entry, log() {} });
    const post = openPost(`${other.url}/api/readBody`);
    post.write('half');
    await started.entry(/^reading$/);
    const closed = new Promise((resolve) => post.once('close', resolve));
    await other.close();
    await worker.close();
    await closed;
    await expect(fetch(other.url)).rejects.toThrow('fetch failed');
    await expect(fetch(worker.httpUri ?? '')).rejects.toThrow('fetch failed');
  });
});

describe('the worker', () => {
  it('keeps the server of the library on the loopback interface', async () => {
    const worker = await startWorker({ entry: app.entry, log() {} });
    const { port } = new URL(worker.httpUri ?? '');
    // A server on all interfaces would take this one too.
    await expect(once(connect(Number(port), '::1'), 'connect')).rejects.toThrow();
    await worker.close();
  });

  it('hands a batch with its metadata and retry context to a function of any trigger', async () => {
    const worker = await startWorker({ entry: app.entry, log() {} });
    const feed = worker.functions.find(({ name }) => name === 'feed');
    const { response, returned } = await worker.invoke('feed', {
      inputData: [
        {
          name: feed?.trigger.name ?? '',
          data: { collectionBytes: { bytes: [Buffer.from('\u00ff', 'latin1'), Buffer.from('b')] } },
        },
      ],
      triggerMetadata: {
        SequenceNumberArray: { json: '[7,8]' },
        PartitionContext: { json: '{"PartitionId":"0"}' },
      },
      retryContext: { retryCount: 2, maxRetryCount: -1 },
    });
    expect(returned).toEqual({
      events: ['\u00ff', 'b'],
      metadata: { sequenceNumberArray: [7, 8], partitionContext: { partitionId: '0' } },
      retry: { retryCount: 2, maxRetryCount: -1 },
    });
    expect(JSON.parse(response.returnValue?.json ?? '')).toEqual(returned);
    await worker.close();
  });
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

  it.each(['SIGINT', 'SIGTERM'] as const)('says what runs where, and ends at once on %s', async (signal) => {
    await writeSettings('{ "Values": { "FIXTURE_SAYS_BYE": "1", "COSMOS_CONNECTION_STRING": "" } }');
    const started = startProcess(project.folder, '--port', '0');
    const [, webhook] = await started.printed(
      /Webhook {4}POST (http:\/\/127\.0\.0\.1:\d+\/api)\/webhooks\/products\n/,
    );
    const [, cosmos] = await started.printed(COSMOS_LINE);
    await started.printed(/npm run replay -- samples --url http.*products\n\nCtrl-C stops/);
    expect((await fetch(`${webhook}/health`)).status).toBe(200);
    expect((await fetch(`${cosmos}/dbs/catalog/colls/dead-letters`)).status).toBe(200);

    // A connection that idles and an invocation that waits for its body hold nothing up.
    openPost(`${webhook}/readBody`).write('half');
    await started.printed(/readBody: reading/);
    const asked = performance.now();
    started.signal(signal);
    const { code, stdout, stderr } = await started.ended;
    expect(performance.now() - asked).toBeLessThan(2_000);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('    at process') });
    expect(stdout).toContain('bye, started true');
    await started.gone();
  });

  it('ends when npm is killed, which passes no signal on', async () => {
    await writeSettings('{ "Values": { "FIXTURE_SAYS_BYE": "1" } }');
    const started = startBelowShell(project.folder, '--port', '0');
    await started.printed(/Ctrl-C stops/);
    started.killShell();
    expect((await started.ended).stdout).toContain('bye, started true');
  });

  it('dies of an unhandled rejection in the app, as the worker in Azure does', async () => {
    await writeSettings('{}');
    const started = startProcess(project.folder, '--port', '0');
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
    const takenPort = new URL(host.url).port;
    const started = startProcess(project.folder, ...args.map((arg) => (arg === 'taken' ? takenPort : arg)));
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
    const stack = await startStack({ entry: app.entry, port: 0, userSettings: false, env, log() {} });
    expect(stack.cosmos).toBeUndefined();
    expect(stack.cosmosSettings.access).toEqual({
      kind: 'key',
      endpoint: 'http://127.0.0.1:1/',
      key: 'a2V5LW9mLXRoZS10ZXN0cw==',
    });
    await stack.close();
  });

  it('leaves the settings of the process as they were, and takes none of them unless it may', async () => {
    vi.stubEnv('COSMOS_ENDPOINT', 'https://real.documents.azure.com');
    const stack = await startStack({ entry: app.entry, port: 0, userSettings: false, log() {} });
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
    const port = Number(new URL(host.url).port);
    const failure = async (options: StackOptions, settings: string) => {
      await writeFile(join(folder, 'local.settings.json'), settings);
      const error: unknown = await startStack({ folder, port: 0, log() {}, ...options }).catch(
        (reason) => reason,
      );
      expect(error).toBeInstanceOf(StartError);
      return (error as StartError).message;
    };
    expect(await failure({ cosmosPort: port }, '{}')).toContain(`npm start -- --cosmos-port ${port + 1}`);
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
