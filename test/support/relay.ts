import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Starts a way to a broker's port, for the running test to disturb. */
export async function startRelay(brokerPort: number) {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(brokerPort, '127.0.0.1');
    sockets.add(client).add(upstream);
    client.pipe(upstream);
    upstream.pipe(client);
    client.on('error', () => {}).on('close', () => upstream.destroy());
    upstream.on('error', () => {}).on('close', () => client.destroy());
  });
  /** Cuts all connections. */
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  /** Cuts all connections and takes no more, until `start`. */
  const stop = () => {
    server.close();
    cut();
  };
  onTestFinished(stop);
  let port = 0;
  const start = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  await start();
  return { port, cut, stop, start };
}
