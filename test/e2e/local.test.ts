import { once } from 'node:events';
import { Agent, createServer, get, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createKafkaClient } from '../../local/kafka-client.ts';
import { finishRequests, listen } from '../../local/listen.ts';

/** The first byte that a client sends. */
async function firstByteWith(user: { username: string; password: string } | undefined): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const broker = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const producer = createKafkaClient({ brokers: [broker], user }, { retry: { retries: 0 } }).producer();
  const connecting = producer.connect().catch(() => {});
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  onTestFinished(async () => {
    socket.destroy();
    server.close();
    await connecting;
    await producer.disconnect();
  });
  return bytes[0] ?? -1;
}

it('a user and a password are sent over TLS only', async () => {
  const TLS_HANDSHAKE = 22;
  expect(await firstByteWith({ username: 'u', password: 'kafka-password-of-the-tests' })).toBe(TLS_HANDSHAKE);
  expect(await firstByteWith(undefined)).toBe(0);
});

it('a client that asks on, on the connection of a request under way, does not keep a server from ending', async () => {
  const waiting: ServerResponse[] = [];
  let isEnding = false;
  const server = createServer((_req, res) => {
    if (isEnding) res.end();
    else waiting.push(res);
  });
  const port = await listen(server);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  let refused = 0;
  const ask = () => {
    const request = get({ port, host: '127.0.0.1', agent });
    request.on('error', () => (refused += 1));
    request.on('response', (response) => response.resume().on('end', ask));
    return request;
  };
  ask();
  await expect.poll(() => waiting.length).toBe(1);
  const asked = performance.now();
  const ended = finishRequests(server, 5_000);
  isEnding = true;
  waiting[0]?.end();
  await ended;
  expect(performance.now() - asked).toBeLessThan(2_000);
  await expect.poll(() => refused).toBe(1);
});
