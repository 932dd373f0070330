import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startFunctionsHost } from '../../../local/functions-host/host.ts';
import { startWorker } from '../../../local/functions-host/worker.ts';
import { PortTakenError } from '../../../local/listen.ts';
import { bundleApp } from '../../support/fixture-app/bundle-app.ts';
import { answerTo, openPost } from '../../support/http-client.ts';
import { useAppHost } from './app-host.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const { api, entry, host, startOther } = useAppHost();

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
      params: { x: '1,2', shelf: 'left one', id: '42' },
      query: [
        ['x', '1'],
        ['x', '2'],
      ],
      color: 'red',
    });
  });

  it('match without case and with a trailing slash, and need no optional parameter', async () => {
    const response = await fetch(`${host().url}/API/Shelves/Left/ITEMS/`);
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
    expect((await fetch(`${host().url}/${path}`, { method })).status).toBe(404);
  });

  it('answer 400 to a path that is not ASCII', async () => {
    const socket = connect(Number(new URL(host().url).port), '127.0.0.1');
    socket.end('GET /api/shelves/\u00e9/items HTTP/1.1\r\nHost: localhost\r\n\r\n', 'latin1');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('can have another prefix, or none', async () => {
    const other = await startOther({ routePrefix: '' });
    expect((await fetch(`${other.url}/shelves/top/items/newest`)).status).toBe(200);
    // Two hosts in one process, each with an app of its own.
    expect((await fetch(api('shelves/top/items/newest'))).status).toBe(200);
    await other.close();
  });
});

describe('headers and params', () => {
  const sentTo = async (path: string, init: RequestInit) => {
    const response = await fetch(api(path), { method: 'POST', ...init, headers: { 'x-color': 'red' } });
    return (await response.json()) as {
      params: Record<string, string>;
      headers: Record<string, string>;
      traceContext: unknown;
    };
  };
  const chunked = (body: string): object => ({
    body: ReadableStream.from([Buffer.from(body)]),
    duplex: 'half',
  });

  it.each([
    ['no body at all', '', {}],
    ['a body without headers', '', { body: '{"Payload":1}' }],
    ['a body that is no JSON', '', { body: '{"Headers":{}' }],
    ['a list', '', { body: '[{"Headers":{}}]' }],
    ['Headers that are a list', '', { body: '{"Headers":[1]}' }],
    ['Headers that are null', '', { body: '{"Headers":null}' }],
    ['Headers below 64 levels', '', { body: `{"Headers":{},"a":${'['.repeat(64)}${']'.repeat(64)}}` }],
    ['Headers in a chunked body', '', chunked('{"Headers":{"type":"x"}}')],
  ])('are those that came with %s', async (_, query, init) => {
    expect((await sentTo(`headers${query}`, init)).headers).toMatchObject({ 'x-color': 'red' });
  });

  it.each([
    ['an object', '', { body: '{"Headers":{"Type":"x"}}' }, { type: 'x' }],
    ['an object after a byte order mark', '', { body: '\ufeff{"Headers":{"Type":"x"}}' }, { type: 'x' }],
    ['an object as text', '', { body: '{"Headers":"{\\"type\\":\\"x\\"}"}' }, { type: 'x' }],
    ['a text', '', { body: '{"Headers":"x"}' }, {}],
    ['a number', '', { body: '{"Headers":1}' }, {}],
    ['an object under a name in lower case', '', { body: '{"headers":{"Type":"x"}}' }, {}],
    ['a query parameter', '?Headers=x', {}, {}],
    ['a query parameter in lower case', '?headers=x', chunked('{}'), {}],
  ])('are replaced by a Headers that is %s', async (_, query, init, expected) => {
    expect((await sentTo(`headers${query}`, init)).headers).toEqual(expected);
  });

  it('params are scalars of the body, then the query without the key, then the route', async () => {
    const body = '{"Color":"body","size":5,"isNew":true,"nothing":null,"list":[],"part":{}}';
    expect((await sentTo('headers/route?color=query&SIZE=7&code=key&x=y', { body })).params).toEqual({
      Color: 'route',
      size: '7',
      isNew: 'True',
      x: 'y',
    });
  });

  it('the trace context is empty', async () => {
    const { traceContext } = await sentTo('headers', {});
    expect(traceContext).toEqual({ traceParent: '', traceState: '', attributes: {} });
  });
});

describe('starting and closing', () => {
  it('names a port that is taken, and how to choose another', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const failure = await startOther({ port }).catch((error: unknown) => error);
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
    const other = await startOther();
    const worker = await startWorker({ entry: entry(), log() {} });
    const post = openPost(other.api('readBody'));
    post.write('half');
    await other.entry(/^reading$/);
    const closed = new Promise((resolve) => post.once('close', resolve));
    const uri = (await worker.httpUri()) ?? '';
    await other.close({ graceMs: 50 });
    await worker.close();
    await closed;
    await expect(fetch(other.url)).rejects.toThrow('fetch failed');
    await expect(fetch(uri)).rejects.toThrow('fetch failed');
  });

  it('lets a request under way finish before it closes, and takes no other', async () => {
    const other = await startOther();
    const post = openPost(other.api('readBody'));
    post.write('half');
    await other.entry(/^reading$/);
    const closed = other.close();
    await expect(fetch(other.url)).rejects.toThrow('fetch failed');
    const answer = answerTo(post);
    post.end();
    expect((await answer).status).toBe(204);
    await closed;
  });
});

describe('the worker', () => {
  it('keeps the server of the library on the loopback interface', async () => {
    const worker = await startWorker({ entry: entry(), log() {} });
    const { port } = new URL((await worker.httpUri()) ?? '');
    // A server on all interfaces would take this one too.
    await expect(once(connect(Number(port), '::1'), 'connect')).rejects.toThrow();
    await worker.close();
  });

  it('hands a batch with its metadata and retry context to a function of any trigger', async () => {
    const worker = await startWorker({ entry: entry(), log() {} });
    const feed = worker.functions.find(({ name }) => name === 'feed');
    const returned = await worker.invoke('feed', {
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
    await worker.close();
  });
});
