import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the proxy does to one call instead of passing it on faithfully. */
export type Fault =
  /** Answers itself, as Cosmos DB would. */
  | { kind: 'status'; status: number; subStatus?: number; retryAfterMs?: number }
  /** Passes the call on, then cuts the connection: the write happened, and nobody was told. */
  | { kind: 'reset-after' }
  | { kind: 'reset' }
  | { kind: 'delay'; ms: number }
  /** Sends half of the answer, then cuts the connection. */
  | { kind: 'half-answer' }
  /** Never answers. */
  | { kind: 'hang' };

export type FaultyProxy = {
  url: string;
  port: number;
  /** Calls that came in so far, faulty ones included. */
  calls: number;
  close(): Promise<void>;
};

/** An HTTP proxy in front of `target` that does to each call what `faultFor` says, over real sockets. */
export async function startFaultyProxy(
  target: string,
  faultFor: (call: IncomingMessage) => Fault | undefined,
  port = 0,
): Promise<FaultyProxy> {
  const server = createServer((incoming, answer) => {
    proxy.calls += 1;
    // A client that goes away in the middle of a call is one of the faults, not an error of the proxy.
    incoming.on('error', () => {});
    answer.on('error', () => {});
    handle(target, incoming, answer, faultFor(incoming));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    calls: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

function handle(
  target: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
  fault: Fault | undefined,
): void {
  switch (fault?.kind) {
    case 'status':
      answerWithStatus(answer, fault);
      return;
    case 'reset':
      incoming.socket.destroy();
      return;
    case 'hang':
      return;
    case 'delay':
      setTimeout(() => forward(target, incoming, answer), fault.ms);
      return;
    case 'half-answer':
    case 'reset-after':
    case undefined:
      forward(target, incoming, answer, fault?.kind);
  }
}

function answerWithStatus(answer: ServerResponse, fault: Fault & { kind: 'status' }): void {
  if (fault.subStatus !== undefined) answer.setHeader('x-ms-substatus', String(fault.subStatus));
  if (fault.retryAfterMs !== undefined) answer.setHeader('x-ms-retry-after-ms', String(fault.retryAfterMs));
  answer.writeHead(fault.status, { 'content-type': 'application/json' });
  answer.end(JSON.stringify({ code: String(fault.status), message: 'injected fault' }));
}

function forward(
  target: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
  cut?: 'half-answer' | 'reset-after',
): void {
  const outgoing = request(
    `${target}${incoming.url}`,
    { method: incoming.method, headers: incoming.headers, agent: false },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => incoming.socket.destroy());
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        if (cut === 'reset-after') {
          incoming.socket.destroy();
          return;
        }
        const headers = { ...response.headers, 'content-length': String(body.byteLength) };
        Reflect.deleteProperty(headers, 'transfer-encoding');
        answer.writeHead(response.statusCode ?? 502, headers);
        if (cut === undefined) answer.end(body);
        else answer.write(body.subarray(0, Math.ceil(body.byteLength / 2)), () => incoming.socket.destroy());
      });
    },
  );
  outgoing.on('error', () => incoming.socket.destroy());
  incoming.pipe(outgoing);
}
