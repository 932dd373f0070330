import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from './start-error.ts';

/** Another process listens on the port already. `flag` is the option of `npm start` that changes the port. */
export class PortTakenError extends StartError {
  override readonly name = 'PortTakenError';

  constructor(port: number, flag: string, options: ErrorOptions) {
    super(
      `Port ${port} is taken. Stop what runs there or choose another: npm start -- ${flag} ${port + 1}`,
      options,
    );
  }
}

/** Listens on the loopback interface and returns the port: the given one, or for 0 the free one that the system picked. */
export async function listen(server: Server, port = 0, flag = '--port'): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EADDRINUSE') throw new PortTakenError(port, flag, { cause });
    throw new StartError(`Port ${port} cannot be used (${cause.code}).`, { cause });
  });
  return (server.address() as AddressInfo).port;
}

/** Stops listening and cuts what is connected: waiting for idle keep-alive connections would take minutes. */
export async function stopListening(server: HttpServer): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const SWEEP_MS = 50;

/** Stops listening and lets requests under way finish, but for no longer than this. */
export async function finishRequests(server: HttpServer, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // A client may send its next request on a connection that has just answered one.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  server.prependListener('request', (_req, res) => res.setHeader('connection', 'close'));
  await Promise.race([closed, sleep(graceMs, undefined, { ref: false })]);
  server.closeAllConnections();
  await closed;
  clearInterval(sweep);
}
