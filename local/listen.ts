import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, Server as SocketServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from './start-error.ts';

/** Where to listen; `flag` is the option of `npm start` that changes the port, named when the port is taken. */
export type ListenOptions = {
  hostname: string;
  port: number;
  flag: '--port' | '--cosmos-port' | '--event-hubs-port';
};

/** Another process listens on the port already. */
export class PortTakenError extends StartError {
  override readonly name = 'PortTakenError';

  constructor({ port, flag }: ListenOptions, options: ErrorOptions) {
    super(
      `Port ${port} is taken. Stop what runs there or choose another: npm start -- ${flag} ${port + 1}`,
      options,
    );
  }
}

/** Listens and returns the port: the given one, or for port 0 the free one that the system picked. */
export async function listen(server: SocketServer, options: ListenOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.hostname, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') throw new PortTakenError(options, { cause: error });
    throw new StartError(`Port ${options.port} cannot be used (${error.code}).`, { cause: error });
  });
  return (server.address() as AddressInfo).port;
}

/** Stops listening and cuts what is connected: waiting for idle keep-alive connections would take minutes. */
export async function stopListening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const SWEEP_MS = 50;

/** Stops listening and lets requests under way finish, but for no longer than this. */
export async function finishRequests(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  // A connection whose request was under way would take one after the other. Its answer may have begun.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  server.prependListener('request', (_req, res) => res.setHeader('connection', 'close'));
  await Promise.race([closed, sleep(graceMs, undefined, { ref: false })]);
  server.closeAllConnections();
  await closed;
  clearInterval(sweep);
}
