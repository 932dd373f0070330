import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createKafkaClient } from '../../../local/kafka-client.ts';

/** The first byte that a client sends. */
async function firstByteWith(user: { username: string; password: string } | undefined): Promise<number> {
  const server = createServer();
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
