import http from 'node:http';

/**
 * Runs `start`, in which the library opens the HTTP server that streams requests into the app, and returns that server,
 * because the library offers no way to close it. It replaces `http.createServer` only while `start` runs synchronously,
 * so it catches nobody else's server. It also moves the server from all interfaces to the loopback one: on a laptop
 * nothing should reach the app past the host, and no firewall should ask. If a later library creates its server in
 * another way, this returns none, and that server ends with the process.
 */
export function catchLibraryServer<T>(start: () => T): { result: T; server: http.Server | undefined } {
  const original = http.createServer;
  let server: http.Server | undefined;
  http.createServer = (...args: unknown[]): http.Server => {
    const created: http.Server = Reflect.apply(original, http, args);
    listenOnLoopback(created);
    server = created;
    return created;
  };
  try {
    return { result: start(), server };
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
