import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it, vi } from 'vitest';
import { answerTo, openPost, sendThenRead } from '../../support/http-client.ts';
import { useAppHost } from './app-host.ts';

const { api, freshLog, startOther } = useAppHost();

function* chunks(count: number, size: number) {
  const chunk = Buffer.alloc(size);
  for (let sent = 0; sent < count; sent += 1) yield chunk;
}

describe('a handler', () => {
  it('may leave the body half read', async () => {
    const response = await fetch(api('leaveBodyHalfRead'), { method: 'POST', body: randomBytes(5_000_000) });
    expect(response.status).toBe(413);
  });

  it('runs beside another one', async () => {
    const both = await Promise.all([fetch(api('rendezvous')), fetch(api('rendezvous'))]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('runs beside many others without a warning of too many listeners', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    const own = await startOther();
    const posts = Array.from({ length: 12 }, () => openPost(own.api('readBody')));
    await own.entry(/reading/, 12);
    const answers = posts.map(answerTo);
    for (const post of posts) post.end();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(12).fill(204));
    await own.close();
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
  });

  it('runs between its hooks, and one line tells how it went, without the query', async () => {
    const { entry } = freshLog();
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
  it.each([
    ['refuseUnread', 413],
    ['refuseAfterReadingSome', 413],
    ['nowhere', 404],
  ])('reaches a client that sends 50 MB before it reads: %s, %i', async (path, status) => {
    const answer = await sendThenRead(api(path), ['Content-Length: 50000000'], chunks(50, 1_000_000));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

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
    for (const path of ['refuseUnread', 'nowhere', 'digest']) {
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
    const { entry } = freshLog();
    const post = openPost(api('readBody'));
    post.write(Buffer.alloc(500_000));
    await entry(/^reading$/);
    post.destroy();
    expect(await entry(/^the body failed$/)).toMatchObject({ level: 'warning', functionName: 'readBody' });
    await entry(/^POST \/api\/readBody → client gone in \d+ ms$/);
  });

  it('while the host reads a body with a Content-Length never reaches the app', async () => {
    const { entry, log } = freshLog();
    const post = openPost(api('readBody'), { headers: { 'content-length': 1_000_000 } });
    post.write(Buffer.alloc(500_000), () => post.destroy());
    await entry(/^POST \/api\/readBody → client gone while the host read the body in \d+ ms$/);
    log({ level: 'debug', category: 'host', message: 'the end' });
    expect(await entry(/^(reading|the end)$/)).toMatchObject({ message: 'the end' });
  });

  it('at once leaves no invocation behind', async () => {
    // A host of its own, whose connections to the app have yet to be opened when the client is gone already.
    const other = await startOther();
    const { hostname, port } = new URL(other.url);
    for (let count = 0; count < 20; count += 1) {
      const socket = connect(Number(port), hostname);
      socket.write(
        'POST /api/readBody HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n',
        () => socket.destroy(),
      );
    }
    await other.entry(/^the body failed$/, 20);
    await other.entry(/client gone/, 20);
    await other.close();
  });
});

describe('in Azure, and so here, no answer comes until functionTimeout, and the worker is started again, when', () => {
  const LIMIT_MS = 700;

  const impatientHost = () => startOther({ functionTimeoutMs: LIMIT_MS });

  const faults = [
    ['a handler throws', 'boom', /the handler failed$/],
    ['a handler returns nothing', 'answer/undefined', /the handler returned nothing$/],
    ['a handler returns a text', 'answer/"text"', /the handler failed$/],
    ['a handler returns a number', 'answer/200', /the handler failed$/],
    ['a handler sets the status 101', 'answer/{"status":101}', /the handler failed$/],
    ['a handler sets the status 999', 'answer/{"status":999}', /the handler failed$/],
    ['a handler takes too long', 'slow', /the handler has not ended$/],
  ] as const;

  it.each(faults)('%s', async (_, path, why) => {
    const { api: own, entry, close } = await impatientHost();
    const started = performance.now();
    const response = await fetch(own(path));
    expect(performance.now() - started).toBeGreaterThan(LIMIT_MS - 10);
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(await entry(/functionTimeout of \w+ is over/)).toMatchObject({
      level: 'error',
      message: expect.stringMatching(why),
    });
    // Another life of the app, as good as the first.
    expect(await (await fetch(own('shelves/top/items/newest'))).text()).toBe('newest');
    await close();
  });

  const CANNOT_FORWARD = [
    ['a value in UTF-8', 'X-City: Z\u00fcrich', /x-city: its value is not ASCII/],
    ['17 KB', `X-Long: ${'x'.repeat(17_000)}`, /answers 431 by itself/],
    ['an unknown Expect', 'Expect: the-best', /cannot forward "Expect: the-best"/],
  ] as const;

  it.each(CANNOT_FORWARD)('a header has %s', async (_, header, why) => {
    const { url, entry, close } = await impatientHost();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(`GET /api/shelves/top/items/newest HTTP/1.1\r\nHost: localhost\r\n${header}\r\n`);
    socket.write('Connection: close\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 500 /);
    expect(await entry(why)).toMatchObject({ level: 'error' });
    await close();
  });

  it('a body names a header that is none', async () => {
    const { api: own, entry, close } = await impatientHost();
    const response = await fetch(own('digest'), { method: 'POST', body: '{"Headers":{"no name":"x"}}' });
    expect(response.status).toBe(500);
    await entry(/the handler failed$/);
    await close();
  });

  it('an answer breaks off: the client is cut off, with half an answer', async () => {
    const { api: own, close } = await impatientHost();
    await expect(fetch(own('brokenStream')).then((answer) => answer.text())).rejects.toThrow();
    await close();
  });

  it('another function takes too long: what is in flight fails with it', async () => {
    const { api: own, entry, close } = await impatientHost();
    const slow = fetch(own('slow'));
    await new Promise((resolve) => setTimeout(resolve, LIMIT_MS / 2));
    const post = openPost(own('readBody'));
    post.write('half');
    const [first, second] = await Promise.all([slow, answerTo(post)]);
    expect([first.status, second.status]).toEqual([500, 500]);
    await entry(/^POST \/api\/readBody → 500 in \d+ ms; functionTimeout of slow is over/);
    await close();
  });

  it('a handler throws, whose stack is in the log at once', async () => {
    const { api: own, entry, close } = await impatientHost();
    const started = performance.now();
    const answer = fetch(own('boom'));
    await entry(/Error: boom on purpose\n {4}at /);
    expect(performance.now() - started).toBeLessThan(LIMIT_MS);
    await answer;
    await close();
  });
});

describe('the host answers by itself', () => {
  it('431 to a request with 1,200 headers', async () => {
    const headers = Object.fromEntries(Array.from({ length: 1_200 }, (_, index) => [`x-${index}`, 'y']));
    expect((await fetch(api('digest'), { method: 'POST', headers })).status).toBe(431);
  });

  it('500 to a body of more than 100 MB, without reading it', async () => {
    const post = openPost(api('digest'), { headers: { 'content-length': 100 * 1024 * 1024 + 1 } });
    expect((await answerTo(post)).status).toBe(500);
    post.destroy();
  });
});
