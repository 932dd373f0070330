import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A way to a broker that can be disturbed. */
export interface Relay {
  port: number;
  /** Holds answers back for good, so that an acceptance is lost on its way. */
  hold(isHolding: boolean): void;
  /** Cuts all connections. */
  cut(): void;
  /** Cuts all connections and takes no more. */
  stop(): void;
}

/** Starts a relay to a broker's port for the running test. */
export async function startRelay(brokerPort: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let isHeld = false;
  const server = createServer((client) => {
    const upstream = connect(brokerPort, '127.0.0.1');
    sockets.add(client).add(upstream);
    client.pipe(upstream);
    upstream.on('data', (bytes) => {
      if (!isHeld) client.write(bytes);
    });
    client.on('error', () => {}).on('close', () => upstream.destroy());
    upstream.on('error', () => {}).on('close', () => client.destroy());
  });
  const hold = (isHolding: boolean) => {
    isHeld = isHolding;
  };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const stop = () => {
    server.close();
    cut();
  };
  onTestFinished(stop);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, hold, cut, stop };
}
