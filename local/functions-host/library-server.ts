import http from 'node:http';
import { stopListening } from '../listen.ts';

/**
 * Runs `start`, in which the library opens the HTTP server that streams requests into the app, and returns what closes
 * that server, because the library offers no way to. It replaces `http.createServer` only while `start` runs
 * synchronously, so it catches nobody else's server. It also moves the server from all interfaces to the loopback one: on
 * a laptop nothing should reach the app past the host, and no firewall should ask. If a later library creates its server
 * in another way, nothing is closed, and that server ends with the process.
 */
export function catchLibraryServer<T>(start: () => T): { result: T; closeServer(): Promise<void> } {
  const original = http.createServer;
  const servers: http.Server[] = [];
  http.createServer = (...args: unknown[]): http.Server => {
    const created: http.Server = Reflect.apply(original, http, args);
    listenOnLoopback(created);
    servers.push(created);
    return created;
  };
  try {
    return {
      result: start(),
      closeServer: async () => void (await Promise.all(servers.map(stopListening))),
    };
  } finally {
    http.createServer = original;
  }
}

function listenOnLoopback(server: http.Server): void {
  const listen = server.listen;
  server.listen = (...args: unknown[]): http.Server => {
    const onListening = args.find((argument) => typeof argument === 'function');
    const port = typeof args[0] === 'number' ? args[0] : 0;
    return Reflect.apply(listen, server, [{ host: '127.0.0.1', port }, onListening]);
  };
  // The host keeps its connections to the app open; the app must not close one just when it is used again.
  server.keepAliveTimeout = 0;
}
